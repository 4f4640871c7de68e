-- A decision that places work is linked to the placements that it made, in the statement that gives it its number.
create or replace function append_decision(p_decision jsonb) returns jsonb language plpgsql as $$
declare
  d decisions := jsonb_populate_record(null::decisions, p_decision);
begin
  d.operator_id := viewer_operator();
  perform lock_decision_rows(array[d]);
  d := (chain_decisions(array[d], jsonb_build_array(p_decision -> 'signals')))[1];
  update placements set decision_id = d.decision_id
    where operator_id = d.operator_id and workload_id = d.workload_id
      and placement_id in (select value::integer from jsonb_array_elements_text(coalesce(p_decision -> 'placements', '[]')));
  return decision_answer(d);
end $$;
