-- Who the referee was and why stands with the proof. Of what was decided before this, contest.proof-decided.v1 alone says it.
alter table scoring.proof
    add column referee_id text,
    add column referee_reason text,
    add constraint proof_referee check (
        (referee_id is null) = (referee_reason is null) and (referee_id is null or coalesce(decided_by, '') = 'referee'));
