-- What contest.events.v1 says that Scoring decided, read back when its database had gone back in time: when it decides again, that stands.
create table scoring.published_before (
    contest_id text collate "C" not null,
    wire_name text collate "C" not null,
    ref text collate "C" not null,
    body text not null,
    primary key (contest_id, wire_name, ref)
);

grant select, insert on scoring.published_before to scoring;
