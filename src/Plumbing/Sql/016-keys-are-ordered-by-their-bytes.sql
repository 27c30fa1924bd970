-- Keys of text in the order of their bytes: the order of any other collation may change with a library of the operating system, and an index kept in the old one misses rows.
alter table {schema}.partition_owner alter column topic type text collate "C";
alter table {schema}.alert_raised alter column dedup_key type text collate "C";
alter table {schema}.trace_of alter column subject type text collate "C";
alter table {schema}.parked_key alter column topic type text collate "C";
alter table {schema}.parked alter column topic type text collate "C";
alter table {schema}.parked_discarded alter column topic type text collate "C";
