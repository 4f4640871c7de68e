import { setFlagsFromString } from 'node:v8';

/**
 * Tells V8 not to take what a stream does not need; to be called before anything large is loaded.
 *
 * A stream leaves little behind that lives on, but the space for new objects grows to 16 MB, twice, while modules load, and
 * never shrinks. And once its parser of HTTP, which is WebAssembly, has been busy for a while, compiling that anew takes
 * 35 MB for a moment: what is gained is lost among the database's and the publisher's own time.
 */
export function streamInLittleMemory(): void {
  for (const flag of ['--semi-space-growth-factor=1', '--no-wasm-tier-up', '--no-wasm-dynamic-tiering'])
    setFlagsFromString(flag);
}
