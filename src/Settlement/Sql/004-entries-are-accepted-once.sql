-- An entry is accepted once, and its versions tell which line-up is later. The times that decided it before were those of several clocks: a withdrawal that a slower
-- one had stamped was taken for one of an earlier acceptance, and left out.
alter table settlement.entry drop column accepted_at;
