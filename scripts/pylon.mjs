#!/usr/bin/env node
/** `pylon <command>`: builds when the sources have changed, then is the command, in this process, so that signals reach it. */
import { ensureBuilt } from './run.mjs';

endWithNpm();
await ensureBuilt();
await import(new URL('../dist/cli/main.js', import.meta.url).href);

/** npm passes a signal to the shell between us, and that shell may die of it alone: then we stop as if it had been for us. */
function endWithNpm() {
  if (!process.env.npm_lifecycle_event) return;
  const shell = process.ppid;
  setInterval(() => {
    if (process.ppid !== shell) process.kill(process.pid, 'SIGTERM');
  }, 250).unref();
}
