-- Under which prefix the topics of this database's worker are: two deployments that differ in it would take each other's partitions over without a word.
create table {schema}.topic_prefix (
    one boolean primary key default true check (one),
    prefix text not null
);

grant select, insert on {schema}.topic_prefix to {schema};
