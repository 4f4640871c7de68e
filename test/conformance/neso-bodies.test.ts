import { describe, expect, it } from 'vitest';
import { recordsOf, resultOf } from '../../src/ingest/neso/ckan.js';
import { csvRowsOf } from '../../src/ingest/neso/csv.js';
import { RECORDED_DIR, SKIPPED_BECAUSE, csvRows, recordedFiles } from './recorded-files.js';

type Row = Readonly<Record<string, unknown>>;
type Envelope = { readonly result: { readonly records?: Row[]; readonly resources?: Row[] } };

const bare = (value: string | undefined): string => (value ?? '').replaceAll('"', '');

describe.skipIf(!RECORDED_DIR)(
  `every recorded body of NESO${RECORDED_DIR ? '' : ` (skipped: ${SKIPPED_BECAUSE})`}`,
  () => {
    const files = recordedFiles('neso');

    it.each(files.filter(({ name }) => /\.csv(\.gz)?$/.test(name)))(
      '$name: no row and no field of the file is lost',
      ({ text }) => {
        const byHand = csvRows(text);
        const columns = Object.keys(byHand[0] ?? {}).map(bare);
        const rows = csvRowsOf(text, columns);
        expect(rows).toHaveLength(byHand.length);
        expect(rows.length).toBeGreaterThan(0);
        expect(rows.map((row) => Object.values(row))).toEqual(
          byHand.map((row) => Object.values(row).map(bare)),
        );
      },
    );

    it.each(files.filter(({ name }) => name.endsWith('.json')))(
      '$name: the envelope gives all that is in it',
      ({ name, text }) => {
        const body = JSON.parse(text) as Envelope;
        const listed = name.includes('package_show') ? body.result.resources : body.result.records;
        const read = name.includes('package_show') ? resultOf(body)['resources'] : recordsOf(body);
        expect(listed?.length).toBeGreaterThan(0);
        expect(read).toEqual(listed);
      },
    );

    it('is one of those two kinds', () => {
      expect(files.length).toBeGreaterThan(0);
      expect(files.filter(({ name }) => !/\.(csv|csv\.gz|json)$/.test(name))).toEqual([]);
    });
  },
);
