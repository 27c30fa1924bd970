-- The trace a subject came with, for the job that works on it later. Written only while traces are exported.
create table {schema}.trace_of (
    subject text primary key,
    trace_parent text not null,
    at timestamptz not null
);

grant select, insert, update, delete on {schema}.trace_of to {schema};
