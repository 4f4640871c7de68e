import { isHalfHour } from '../../domain/half-hour.js';
import { instant } from '../rules.js';

/** The start of a half hour. */
export const halfHour = instant.refine(isHalfHour, 'must be the start of a half hour: at :00 or :30 UTC');
