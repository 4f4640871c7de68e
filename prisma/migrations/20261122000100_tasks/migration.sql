-- What was asked for in words, and how it was read: {"request", "kind", "said", "assumptions", "notUnderstood"}. Null for work
-- that was submitted by its numbers.
alter table workloads add column task jsonb;
