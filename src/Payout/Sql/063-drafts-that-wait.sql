-- Drafts that wait for Scoring's answer are few among those that are published.
create index challenge_draft_publishing on payout.challenge_draft (asked_at) where state = 'publishing';
