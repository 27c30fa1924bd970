-- After the database went back in time, episodes of alerts are counted from a number that none had before: what is told then is not taken for what was told and lost.
create table {schema}.alert_floor (
    only_row boolean primary key default true check (only_row),
    episode integer not null check (episode > 0)
);

grant select, insert, update on {schema}.alert_floor to {schema};
