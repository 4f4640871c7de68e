import type pg from 'pg';

export interface SyntheticOperator {
  readonly name: string;
  readonly type: string;
  readonly email: string;
}

/**
 * Makes those operators that are not there yet, marked synthetic, which no action does: what a synthetic operator registers
 * is synthetic too. As the app's login, in the role of an administrator.
 *
 * @returns ids by name; without those whose name or e-mail address a real operator has.
 */
export async function ensureSyntheticOperators(
  pool: pg.Pool,
  operators: readonly SyntheticOperator[],
): Promise<ReadonlyMap<string, number>> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('begin');
    await client.query(`select set_config('pylon.role', 'ADMIN', true)`);
    const wanted = JSON.stringify(operators);
    await client.query(
      `with wanted as (
         select w.* from jsonb_to_recordset($1) as w(name text, type text, email text)
         where not exists (select from operator_accounts a where a.email = w.email)
       ), made as (
         insert into operators (name, type, is_synthetic) select name, type::operator_type, true from wanted
         on conflict (name) do nothing returning operator_id, name
       )
       insert into operator_accounts (operator_id, email) select operator_id, email from made join wanted using (name)`,
      [wanted],
    );
    // A statement of its own: it sees what another process, for which the one above waited, has just made.
    const { rows } = await client.query<{ name: string; operator_id: number }>(
      `select o.name, o.operator_id from operators o join operator_accounts a using (operator_id)
         join jsonb_to_recordset($1) as w(name text, email text) on w.name = o.name
       where o.is_synthetic`,
      [wanted],
    );
    await client.query('commit');
    return new Map(rows.map(({ name, operator_id: id }) => [name, id]));
  } catch (error) {
    await client.query('rollback').catch((failure: unknown) => {
      broken = failure instanceof Error ? failure : new Error(String(failure));
    });
    throw error;
  } finally {
    client.release(broken);
  }
}
