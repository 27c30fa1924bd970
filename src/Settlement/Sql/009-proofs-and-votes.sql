-- Settlement's own copy of a challenge's proofs, votes and rulings: the newest version of each, whatever is replayed.
create table settlement.proof (
    contest_id text collate "C" not null,
    entry_id text collate "C" not null,
    proof_no integer not null check (proof_no > 0),
    version integer not null check (version > 0),
    content_hash text not null,
    primary key (contest_id, entry_id, proof_no)
);

create table settlement.vote (
    contest_id text collate "C" not null,
    entry_id text collate "C" not null,
    proof_no integer not null check (proof_no > 0),
    voter_id text collate "C" not null,
    version integer not null check (version > 0),
    approve boolean not null,
    primary key (contest_id, entry_id, proof_no, voter_id)
);

create table settlement.ruling (
    contest_id text collate "C" not null,
    entry_id text collate "C" not null,
    proof_no integer not null check (proof_no > 0),
    decision_no integer not null check (decision_no > 0),
    outcome text not null check (outcome in ('passed', 'failed')),
    primary key (contest_id, entry_id, proof_no)
);

grant select, insert, update on settlement.proof, settlement.vote, settlement.ruling to settlement;
