/** Description of the argument `asOf`. */
export const AS_OF =
  'As it was known at this past instant: the same instant always gives the same answer. The newest when left out.';

/** The same where it also chooses the half hour. */
export const AS_OF_NOW =
  'The half hour that covers this past instant, as it was known then. Now, and the newest, when left out.';
