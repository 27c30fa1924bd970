-- What Ingestion knows of each game. The folds in memory can be rebuilt from these rows at any time.
create table ingestion.game (
    game_id            text        primary key check (game_id <> ''),
    change             bigint      not null check (change >= 0),
    version            bigint      not null check (version >= 0),
    status             text        not null,
    status_sequence    bigint      not null check (status_sequence >= 0),
    clock              text        not null,
    clock_sequence     bigint      not null,
    received           text        not null,
    announced_sequence bigint      not null check (announced_sequence >= 0),
    is_silent          boolean     not null,
    box                text        not null,
    published          text        not null,
    last_seen_at       timestamptz not null
);

-- The silence job looks at the few games that are being played, whatever the season has left behind.
create index game_being_played on ingestion.game (last_seen_at) where status = 'in_progress' and not is_silent;

-- The latest revision of every play; tombstones stay, because they must go on beating lower revisions.
create table ingestion.play (
    game_id     text    not null references ingestion.game (game_id),
    event_id    text    not null,
    revision    integer not null check (revision >= 1),
    is_deleted  boolean not null,
    is_official boolean not null,
    athletes    text    not null,
    primary key (game_id, event_id)
);

-- The absolute line of every athlete, as published.
create table ingestion.line (
    game_id    text   not null references ingestion.game (game_id),
    athlete_id text   not null,
    version    bigint not null check (version >= 1),
    stats      text   not null,
    primary key (game_id, athlete_id)
);

-- Lines are rewritten with almost every play: room in the page lets that happen without touching the index.
alter table ingestion.line set (fillfactor = 70);
alter table ingestion.game set (fillfactor = 50);

grant select, insert, update on ingestion.game, ingestion.play, ingestion.line to ingestion;
