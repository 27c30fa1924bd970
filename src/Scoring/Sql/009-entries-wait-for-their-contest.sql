-- Commands of players about contests that are not published yet, in the order in which they came: a contest and its entries come on different ways, and one may be faster.
-- They are judged when the contest is there, or refused at due_at; until then there is no answer.
create table scoring.early_command (
    contest_id text collate "C" not null,
    arrival_no bigint not null generated always as identity,
    wire_name text not null,
    body bytea not null,
    trace_parent text,
    came_at timestamptz not null,
    due_at timestamptz not null check (due_at > came_at),
    primary key (contest_id, arrival_no)
);

-- update: for the lock alone.
grant select, insert, update, delete on scoring.early_command to scoring;
