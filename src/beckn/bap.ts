import type { Config } from '../config.js';
import type { Bap } from '../database/actions.js';

/** Who we are to sellers; null unless that, and where they answer, is set: nothing can be bought then. */
export const bapOf = ({
  PUBLIC_URL,
  BECKN_BAP_ID,
}: Partial<Pick<Config, 'PUBLIC_URL' | 'BECKN_BAP_ID'>>): Bap | null =>
  PUBLIC_URL === undefined || BECKN_BAP_ID === undefined
    ? null
    : { bapId: BECKN_BAP_ID, bapUri: `${PUBLIC_URL}/beckn` };
