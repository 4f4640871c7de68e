import type { ClientBase } from 'pg';

/** Whose work is added up: all of an operator, what was submitted for a user, or one workload by itself. */
export type MonthlyOwner = 'operator' | 'user' | 'workload';

export interface CompletedWithin {
  /** Inside. */
  readonly from: Date;
  /** Outside. */
  readonly to: Date;
}

/** What came of the work that was completed in one calendar month of London. Null: not known of any of it. */
export interface MonthlySum {
  readonly ownerId: number;
  /** `YYYY-MM` */
  readonly month: string;
  readonly from: Date;
  readonly to: Date;
  readonly workloadCount: number;
  /** Of the work itself, at the IT side, kWh. */
  readonly energyKwh: number;
  readonly carbonGco2: number | null;
  readonly costGbp: number | null;
  /** Completed work that the two leave out. */
  readonly unknownCarbonCount: number;
  readonly unknownCostCount: number;
  readonly carbonGco2PerKwh: number | null;
  readonly costGbpPerKwh: number | null;
  readonly carbonSaved: Savings;
  readonly costSaved: Savings;
}

/** What decisions said they would save, beside what they did. */
export interface Savings {
  /** Of all work of which it was predicted. */
  readonly predicted: number | null;
  /** Of that of it of which it became known. */
  readonly realised: number | null;
  /** By the energy of the work that each is the sum of. */
  readonly predictedPerKwh: number | null;
  readonly realisedPerKwh: number | null;
  /** Work of which a saving was predicted, and of that, work of which it became known. */
  readonly predictedCount: number;
  readonly realisedCount: number;
}

/**
 * The saving of a workload: the newest decision about it that stands and predicts one. Those before it were about the same
 * saving, which would count twice.
 *
 * @param predicted of the prediction in the decision's content, `realised` the outcome's column for it.
 */
const savingOf = (alias: string, predicted: string, realised: string): string =>
  `left join lateral (
     select p.saving as predicted, (select o.${realised} from decision_outcomes o
         where o.decision_id = d.decision_id and o.${realised} is not null order by o.decision_outcome_id desc limit 1) as realised
     from decisions d
     cross join lateral (select (d.content::jsonb -> 'prediction' ->> '${predicted}')::double precision as saving offset 0) p
     where d.workload_id = w.workload_id and p.saving is not null
       and not exists (select from decisions s where s.supersedes_id = d.decision_id)
     order by d.decision_id desc limit 1) ${alias} on true`;

/** Of decimals, so that the order of its rows does not matter and 0.1 + 0.2 is 0.3. */
const sumOf = (column: string, where = 'true'): string => `sum(${column}::numeric) filter (where ${where})`;

const perKwh = (column: string): string =>
  `(${sumOf(column)} / nullif(${sumOf('w.actual_energy_kwh', `${column} is not null`)}, 0))::double precision`;

const savingsOf = (alias: string): string =>
  `jsonb_build_object('predicted', ${sumOf(`${alias}.predicted`)}, 'realised', ${sumOf(`${alias}.realised`)},
     'predictedPerKwh', ${perKwh(`${alias}.predicted`)}, 'realisedPerKwh', ${perKwh(`${alias}.realised`)},
     'predictedCount', count(${alias}.predicted), 'realisedCount', count(${alias}.realised))`;

const MONTH = `date_trunc('month', w.completed_at at time zone 'Europe/London')`;

/** The months of some owners in which work of theirs was completed, in order, as the reader whom the connection is set to may see it. */
export async function readMonthlySums(
  db: Pick<ClientBase, 'query'>,
  owner: MonthlyOwner,
  ownerIds: readonly number[],
  { from, to }: CompletedWithin,
): Promise<MonthlySum[]> {
  const { rows } = await db.query<MonthlySum>({
    name: `monthly-sums-of-${owner}`,
    text: `select w.${owner}_id as "ownerId", to_char(${MONTH}, 'YYYY-MM') as month,
        ${MONTH} at time zone 'Europe/London' as "from", (${MONTH} + interval '1 month') at time zone 'Europe/London' as "to",
        count(*)::integer as "workloadCount", coalesce(${sumOf('w.actual_energy_kwh')}, 0)::double precision as "energyKwh",
        ${sumOf('w.actual_carbon_gco2')}::double precision as "carbonGco2", ${sumOf('w.actual_cost_gbp')}::double precision as "costGbp",
        (count(*) filter (where w.actual_carbon_gco2 is null))::integer as "unknownCarbonCount",
        (count(*) filter (where w.actual_cost_gbp is null))::integer as "unknownCostCount",
        ${perKwh('w.actual_carbon_gco2')} as "carbonGco2PerKwh", ${perKwh('w.actual_cost_gbp')} as "costGbpPerKwh",
        ${savingsOf('carbon')} as "carbonSaved", ${savingsOf('cost')} as "costSaved"
      from workloads w
      ${savingOf('carbon', 'carbonSavedGco2', 'carbon_saved_gco2')}
      ${savingOf('cost', 'costSavedGbp', 'cost_saved_gbp')}
      where w.${owner}_id = any ($1) and w.status = 'COMPLETED' and w.completed_at >= $2 and w.completed_at < $3
      group by w.${owner}_id, ${MONTH} order by w.${owner}_id, ${MONTH}`,
    values: [ownerIds, from, to],
  });
  return rows;
}
