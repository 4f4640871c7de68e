/** What the arguments and fields of several types of the registry say. */
export const IN_REGION =
  'Only in this region, by id, 1–18, with all that lies in it; everywhere when left out.';
export const OF_OPERATOR = 'Only of the operator of this name; of all when left out.';
export const OF_STATUS = 'Only in this status; in any when left out.';
export const OF_TYPE = 'Only of this type; of all when left out.';
export const VERSION =
  'How many times it was changed, and once for its making: what `expectedVersion` takes.';
export const CREATED_AT = 'When it was registered.';
export const UPDATED_AT = 'When it was last changed.';
export const IS_SYNTHETIC = 'True: made up for the demo.';
export const EXPECTED_VERSION =
  'The `version` that you saw: VERSION_CONFLICT if it was changed since. Left out: whatever it is.';
export const UNCHANGED = 'As it is when left out or null.';
export const CLEARABLE = 'As it is when left out, cleared when null.';
export const EMPTIABLE = 'All of it anew: as it is when left out, empty when null.';
