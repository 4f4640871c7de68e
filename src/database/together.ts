import pg from 'pg';

type Answers<Asked extends readonly (() => Promise<unknown>)[]> = {
  -readonly [Place in keyof Asked]: Awaited<ReturnType<Asked[Place]>>;
};

/** Asks several things at once of a pool, which has connections for them; of one connection, one after the other. */
export async function together<const Asked extends readonly (() => Promise<unknown>)[]>(
  db: Pick<pg.Pool, 'query'>,
  ...asked: Asked
): Promise<Answers<Asked>> {
  if (db instanceof pg.Pool) return (await Promise.all(asked.map((ask) => ask()))) as Answers<Asked>;
  const answers: unknown[] = [];
  for (const ask of asked) answers.push(await ask());
  return answers as Answers<Asked>;
}
