-- Files of proofs by the hash of their bytes: who put which there for which challenge. The bytes lie in the store; a row stands only once they do.
create table payout.proof_file (
    contest_id text collate "C" not null,
    sha256 text collate "C" not null check (sha256 ~ '^[0-9a-f]{64}$'),
    player_id text collate "C" not null,
    media_type text not null,
    bytes bigint not null check (bytes > 0),
    stored_at timestamptz not null,
    primary key (contest_id, sha256, player_id)
);

create index proof_file_player on payout.proof_file (contest_id, player_id) include (bytes);

grant select, insert on payout.proof_file to payout;
