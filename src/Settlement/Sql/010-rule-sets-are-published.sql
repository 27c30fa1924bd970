-- Settlement's own copy of the rule sets that were published while the workers run; those that ship are not here.
create table settlement.rule_set (
    name text collate "C" not null,
    version integer not null check (version > 0),
    hash text not null,
    body text not null,
    primary key (name, version)
);

grant select, insert on settlement.rule_set to settlement;
