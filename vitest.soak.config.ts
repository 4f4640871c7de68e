import { mergeConfig } from 'vitest/config';
import base from './vitest.config.js';

/** The long counts of the tests that `npm test` runs at a reduced count. */
export default mergeConfig(base, { test: { env: { PYLON_SOAK: '1' }, testTimeout: 20 * 60_000 } });
