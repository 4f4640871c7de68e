/**
 * Whether a browser page may talk to us: pages of our own host, and those of ALLOWED_ORIGINS. Other programs send no
 * Origin.
 */
export function originGuard(
  allowed: readonly string[],
): (origin: string | undefined, host: string | undefined) => boolean {
  return (origin, host) => {
    if (origin === undefined || allowed.includes(origin)) return true;
    try {
      return new URL(origin).host === host;
    } catch {
      return false; // `null`, or no URL: a sandboxed or forged origin
    }
  };
}
