-- Units of the Balancing Mechanism, as Elexon lists them each day. Append-only: a unit has a row for each time that
-- something about it changed, and the newest counts. One that is no longer listed keeps its last row.
create table bm_units (
  elexon_bm_unit            text not null check (elexon_bm_unit <> ''),
  sequence                  bigint not null,
  national_grid_bm_unit     text,
  name                      text,
  fuel_type                 text,
  unit_type                 text,
  lead_party_id             text,
  lead_party_name           text,
  -- Most it may send out, and take in (negative), as its lead party declares them, MW.
  generation_capacity_mw    double precision,
  demand_capacity_mw        double precision,
  production_or_consumption text check (production_or_consumption in ('P', 'C')),
  transmission_loss_factor  double precision,
  gsp_group_id              text,
  gsp_group_name            text,
  interconnector_id         text,
  eic                       text,
  known_at                  timestamptz(3) not null,
  ingest_run_id             integer not null references ingest_runs (ingest_run_id),
  primary key (elexon_bm_unit, sequence)
);

-- The units of a day; those of which anything differs from the newest. They become known with the event of their run.
create function record_bm_units(
  p_lease text, p_fencing bigint, p_run jsonb, p_units jsonb,
  out run_id integer, out rows_new integer, out rows_changed integer, out last_sequence bigint
) language plpgsql security definer set search_path = public, pg_temp as $$
declare
  own constant text[] := '{sequence,known_at,ingest_run_id}';
  head event_head;
  changed text[];
begin
  perform assert_lease(p_lease, p_fencing);
  select array_agg(s.elexon_bm_unit), count(*) filter (where l.elexon_bm_unit is null), count(*)
    into changed, rows_new, rows_changed
    from jsonb_populate_recordset(null::bm_units, p_units) s
    left join lateral (
      select * from bm_units u where u.elexon_bm_unit = s.elexon_bm_unit order by u.sequence desc limit 1
    ) l on true
    where to_jsonb(l) - own is distinct from to_jsonb(s) - own;
  if changed is null then
    select r.run_id, r.last_sequence into run_id, last_sequence from record_run(p_lease, p_fencing, p_run) r;
    return;
  end if;
  head := open_commit();
  last_sequence := head.last_sequence + 1;
  run_id := insert_ingest_run(p_run, rows_new, rows_changed, last_sequence, last_sequence);
  insert into bm_units
    select (jsonb_populate_record(s, jsonb_build_object(
      'sequence', last_sequence, 'known_at', head.last_known_at, 'ingest_run_id', run_id))).*
    from jsonb_populate_recordset(null::bm_units, p_units) s where s.elexon_bm_unit = any (changed);
  insert into event_log (sequence, topic, object_id) values (last_sequence, 2, run_id);
  perform close_commit(last_sequence, last_sequence, head.last_known_at);
end $$;

revoke execute on function record_bm_units from public;
