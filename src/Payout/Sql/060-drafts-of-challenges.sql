-- Challenges before they are published: their creators' alone. Once it is asked to be published a draft stands as it is, until Scoring has answered; published it stays.
create table payout.challenge_draft (
    player_id text collate "C" not null,
    draft_id text collate "C" not null check (draft_id <> ''),
    contest_id text collate "C" not null unique,
    body text not null check (octet_length(body) <= 16384),
    version text not null,
    state text not null check (state in ('draft', 'publishing', 'published')),
    command_id text collate "C" check ((command_id is null) = (asked_at is null)),
    asked_at timestamptz,
    refusal text check (refusal is null or state = 'draft'),
    changed_at timestamptz not null,
    primary key (player_id, draft_id)
);

create function payout.draft_stands() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        if old.state <> 'draft' then
            raise exception 'draft % of % is %', old.draft_id, old.player_id, old.state using errcode = 'restrict_violation';
        end if;
        return old;
    end if;
    if (new.player_id, new.draft_id, new.contest_id) <> (old.player_id, old.draft_id, old.contest_id)
        or old.state <> 'draft' and (new.body, new.version) <> (old.body, old.version)
        or old.state = 'published' and new.state <> 'published' then
        raise exception 'draft % of % is %', old.draft_id, old.player_id, old.state using errcode = 'restrict_violation';
    end if;
    return new;
end $$;

create trigger draft_stands before update or delete on payout.challenge_draft for each row execute function payout.draft_stands();

grant select, insert, update, delete on payout.challenge_draft to payout;
