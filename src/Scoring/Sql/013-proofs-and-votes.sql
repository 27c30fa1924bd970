-- Proofs of challenges and the votes on them. Whoever changes one holds the lock of the contest's row. content is what was handed in, as JSON; a proof that the referee decided keeps its
-- votes, and the last decision holds.
create table scoring.proof (
    contest_id text collate "C" not null,
    entry_id text collate "C" not null,
    proof_no integer not null check (proof_no > 0),
    version integer not null check (version > 0),
    player_id text collate "C" not null,
    content text not null,
    content_hash text not null,
    submitted_at timestamptz not null,
    approvals integer not null check (approvals >= 0),
    rejections integer not null check (rejections >= 0),
    decision_no integer not null check (decision_no >= 0),
    outcome text check (outcome in ('passed', 'failed')),
    decided_by text check (decided_by in ('votes', 'referee', 'undecided')),
    decided_at timestamptz,
    primary key (contest_id, entry_id, proof_no),
    foreign key (contest_id, entry_id) references scoring.entry,
    check ((decision_no > 0) = (outcome is not null) and (outcome is null) = (decided_by is null) and (outcome is null) = (decided_at is null))
);

create index proof_open on scoring.proof (contest_id) where outcome is null;

create table scoring.vote (
    contest_id text collate "C" not null,
    entry_id text collate "C" not null,
    proof_no integer not null,
    voter_id text collate "C" not null,
    version integer not null check (version > 0),
    approve boolean not null,
    at timestamptz not null,
    primary key (contest_id, entry_id, proof_no, voter_id),
    foreign key (contest_id, entry_id, proof_no) references scoring.proof
);

alter table scoring.command drop constraint command_outcome_check;
alter table scoring.command add constraint command_outcome_check check (outcome in ('published', 'accepted', 'reserved', 'changed', 'withdrawn', 'cancelled',
    'recall-requested', 'refused', 'proof-submitted', 'vote-cast', 'proof-decided'));

grant select, insert, update on scoring.proof, scoring.vote to scoring;
