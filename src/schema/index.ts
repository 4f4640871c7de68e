import './bm-unit.js';
import './carbon-factor.js';
import './carbon-intensity.js';
import './cardinal-point.js';
import './compute-market.js';
import './demand.js';
import './demand-reading.js';
import './enums.js';
import './frequency.js';
import './generation.js';
import './generation-share.js';
import './grid-signal.js';
import './ingest-run.js';
import './json.js';
import './market-dataset.js';
import './observation.js';
import './price.js';
import './provenance.js';
import './region-ranking.js';
import './region.js';
import './scalars.js';
import './source-health.js';
import './streams.js';
import { builder } from './builder.js';

/** The graph. Loading this file loads every type of it. */
export const schema = builder.toSchema();
