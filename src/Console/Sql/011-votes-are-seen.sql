-- A challenge's page shows its proofs a page at a time, the open ones first, with who voted what on each.
grant select on scoring.vote to console;

create index proof_listed on scoring.proof (contest_id, (outcome is not null), submitted_at, entry_id, proof_no);
