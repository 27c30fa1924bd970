-- What two persons say of a payout that is held because our record and Stripe's differ: the transfer that paid it, or that there is none, with what Stripe showed.
create table payout.mismatch_word (
    payout_id text collate "C" not null references payout.payout,
    word_no integer not null check (word_no > 0),
    reference text not null check (reference <> ''),
    decision text not null check (decision in ('adopt', 'establish-none')),
    transfer_id text,
    person text collate "C" not null check (person <> ''),
    note text not null check (note <> ''),
    evidence text,
    carried_out boolean not null,
    at timestamptz not null,
    primary key (payout_id, word_no),
    constraint mismatch_word_names_a_transfer check ((decision = 'adopt') = (transfer_id is not null)),
    constraint mismatch_word_with_evidence check (carried_out = (evidence is not null))
);

create trigger mismatch_word_append_only before update or delete or truncate on payout.mismatch_word
    for each statement execute function payout.refuse_change();

-- Attempts up to this number, of which nobody could tell whether they paid, are established to have paid nothing.
alter table payout.payout add column none_up_to_attempt integer not null default 0;

grant select, insert on payout.mismatch_word to payout;
