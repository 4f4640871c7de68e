import { readFile, readlink } from 'node:fs/promises';
import { run } from './run.js';

/** What the operating system says of a living process. Empty strings are what it would not say. */
export interface LivingProcess {
  readonly state: 'living';
  /** Opaque; two processes that had the same id at different times differ in it. */
  readonly bornAt: string;
  /** The program and its arguments, separated by NUL (Linux) or spaces. */
  readonly command: string;
  /** Absolute; known on Linux only, and only of processes we may look into. */
  readonly workingFolder: string;
}

/** A zombie has ended but is not collected: it still answers signals, which deceives PostgreSQL. */
export type Process = LivingProcess | { readonly state: 'zombie' } | { readonly state: 'gone' };

/** Looks a process up by its id. */
export async function lookUp(pid: number): Promise<Process> {
  if (!answersSignals(pid)) return { state: 'gone' };
  if (process.platform === 'linux') return fromProc(pid);
  return process.platform === 'win32' ? fromTasklist(pid) : fromPs(pid);
}

function answersSignals(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // somebody else's, but there
  }
}

/** @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
async function fromProc(pid: number): Promise<Process> {
  const [stat, command, boot, workingFolder] = await Promise.all([
    orEmpty(readFile(`/proc/${pid}/stat`, 'utf8')),
    orEmpty(readFile(`/proc/${pid}/cmdline`, 'utf8')),
    orEmpty(readFile('/proc/sys/kernel/random/boot_id', 'utf8')),
    orEmpty(readlink(`/proc/${pid}/cwd`)),
  ]);
  // The name, in parentheses, may itself hold spaces and parentheses. State is field 3, start time field 22.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'Z' || fields[0] === 'X') return { state: 'zombie' };
  const bornAt = fields[19] ? `${boot.trim()}/${fields[19]}` : '';
  return { state: 'living', bornAt, command, workingFolder };
}

async function fromPs(pid: number): Promise<Process> {
  const { stdout } = await run('ps', ['-ww', '-o', 'stat=,lstart=,command=', '-p', String(pid)], null);
  const [, state, bornAt = '', command = ''] =
    /^(\S+)\s+(\S+\s+\S+\s+\S+\s+\S+\s+\S+)\s+(.*)/.exec(stdout.trim()) ?? [];
  return state?.startsWith('Z')
    ? { state: 'zombie' }
    : { state: 'living', bornAt, command, workingFolder: '' };
}

async function fromTasklist(pid: number): Promise<Process> {
  const { stdout } = await run('tasklist', ['/FI', `PID eq ${pid}`, '/FO', 'CSV', '/NH'], null);
  const command = /^"([^"]+)"/.exec(stdout.trim())?.[1] ?? '';
  return { state: 'living', bornAt: '', command, workingFolder: '' };
}

/** The process may end between two looks, and some systems hide other users' processes. */
const orEmpty = (look: Promise<string>): Promise<string> => look.catch(() => '');
