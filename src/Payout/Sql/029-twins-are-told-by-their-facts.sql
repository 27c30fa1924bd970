-- Two processes that record the two events of one fact at the same time did not see each other's, and neither was noted as a twin. What is one fact is told where the
-- events are compared, by type, object and second.
alter table payout.stripe_event drop column twin_of;
