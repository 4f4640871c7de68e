-- Which agent buys. It goes on with what it began itself, and leaves alone what somebody else began.
alter table order_transactions add column agent_id integer references agents (agent_id);
create index order_transactions_agent on order_transactions (agent_id);
