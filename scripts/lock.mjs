/**
 * One maker at a time, across processes; a maker that crashed does not hold up the next one.
 *
 * The lock is a folder holding one file, named after its holder's process. A holder is dead when that process is gone,
 * or when the file has not been touched for a while: the id may belong to another process by now.
 */
import {
  mkdirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const BEAT_MS = 1_000;
const DEAD_AFTER_MS = 30_000;
const RETRY_MS = 50;

/** Runs `work` while holding the lock at `folder`, an absolute path, after waiting for its turn. */
export async function alone(folder, work) {
  const holder = `${process.pid}-${Math.random().toString(36).slice(2)}`;
  await acquire(folder, holder);
  const beat = setInterval(() => touch(join(folder, holder)), BEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    release(folder, holder);
  }
}

/** A folder that already has its holder inside is moved into place: the lock is never there without an owner. */
async function acquire(folder, holder) {
  const draft = `${folder}.${holder}`;
  mkdirSync(dirname(folder), { recursive: true });
  mkdirSync(draft);
  writeFileSync(join(draft, holder), '');
  try {
    while (!moveInto(draft, folder)) {
      const [other] = namesIn(folder);
      if (isDead(folder, other)) release(folder, other);
      await sleep(RETRY_MS);
      touch(join(draft, holder));
    }
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** False when the lock is taken. Windows refuses even an empty folder as the target, and calls that EPERM. */
function moveInto(draft, folder) {
  const taken = ['ENOTEMPTY', 'EEXIST', ...(process.platform === 'win32' ? ['EPERM'] : [])];
  return succeeds(() => renameSync(draft, folder), taken);
}

/**
 * Takes one holder out of the lock, and the lock away when that leaves it empty.
 *
 * By name, so that two processes that both found the same dead holder cannot throw out each other.
 */
function release(folder, holder) {
  if (holder !== undefined) rmSync(join(folder, holder), { force: true });
  // Not empty means that the next holder has moved in already.
  succeeds(() => rmdirSync(folder), ['ENOENT', 'ENOTEMPTY', 'EEXIST', 'EPERM']);
}

/** @param holder undefined when there was none to be seen: it was leaving, or died while leaving. */
function isDead(folder, holder) {
  if (holder === undefined) return true;
  const file = statSync(join(folder, holder), { throwIfNoEntry: false });
  return !file || Date.now() - file.mtimeMs > DEAD_AFTER_MS || !isRunning(Number.parseInt(holder, 10));
}

function isRunning(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM'; // another user's, but running
  }
}

/** A folder deleted under its holder (`rm -rf dist`) has no file left to touch; the work goes on. */
const touch = (file) => succeeds(() => utimesSync(file, new Date(), new Date()), ['ENOENT']);

function namesIn(folder) {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}

/** False when `action` fails with one of the codes; any other failure is thrown. */
function succeeds(action, codes) {
  try {
    action();
    return true;
  } catch (error) {
    if (codes.includes(error.code)) return false;
    throw error;
  }
}
