-- Up to where contest.commands.v1 may hold what only operators say: what it held when Scoring first started with contest.operations.v1. Written once.
create table scoring.former_command (
    partition integer primary key,
    end_offset bigint not null
);

grant select, insert on scoring.former_command to scoring;
