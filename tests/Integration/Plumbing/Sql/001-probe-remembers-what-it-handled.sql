create table probe.handled (
    n bigint generated always as identity primary key,
    key text not null,
    sequence bigint not null
);

-- Keys that the handler refuses until a test mends them.
create table probe.broken (
    key text primary key
);

grant select, insert on probe.handled to probe;
grant select on probe.broken to probe;
