-- Rule sets that operators publish while the workers run; those that ship are not here. A version is never replaced by another hash.
create table scoring.rule_set (
    name text collate "C" not null,
    version integer not null check (version > 0),
    hash text not null,
    edition integer not null check (edition > 0),
    body text not null,
    issued_by text not null,
    published_at timestamptz not null,
    primary key (name, version)
);

grant select, insert, update on scoring.rule_set to scoring;

-- A contest that names a rule set which is not known yet waits for it, in its turn, like an entry for its contest.
alter table scoring.early_command
    add column rules_name text collate "C",
    add column rules_version integer,
    add constraint early_command_rules check ((rules_name is null) = (rules_version is null));
