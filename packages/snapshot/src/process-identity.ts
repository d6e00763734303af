import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { basename } from "node:path";
import { isMainThread } from "node:worker_threads";

/**
 * Which process, or worker thread, this is, so that no other is taken for it: a process id alone is given again, within minutes on a busy machine, and
 * to the same number at each start of a container.
 */
export interface ProcessIdentity {
  readonly pid: number;
  /** Of a worker thread: its id in the system. A worker may be terminated while its process lives. */
  readonly thread?: string;
  /** Start of the process or thread in clock ticks since boot; null where the system does not tell. */
  readonly start: string | null;
  readonly boot: string | null;
  readonly pid_namespace: string | null;
  readonly host: string;
}

/** A process of another machine or container cannot be asked; it is alive while it gave a sign of life this recently. */
const SIGN_OF_LIFE_MS = 10 * 60_000;

let own: ProcessIdentity | undefined;

/** The identity of this process. */
export function thisProcess(): ProcessIdentity {
  if (own !== undefined) return own;
  // `<pid>/task/<thread>`, of the thread that asks.
  const task = isMainThread ? undefined : link("/proc/thread-self");
  const thread = task === undefined ? {} : { thread: basename(task) };
  return (own = {
    pid: process.pid,
    ...thread,
    start: startOf(task ?? `${process.pid}`) ?? null,
    boot: firstLine("/proc/sys/kernel/random/boot_id") ?? null,
    pid_namespace: link("/proc/self/ns/pid") ?? null,
    host: hostname(),
  });
}

/**
 * Whether a process still lives. In doubt it does: a dead run waits a little, a live one is never touched.
 *
 * @param signOfLifeMs when it last gave one, Unix milliseconds
 */
export function isAlive(identity: ProcessIdentity, signOfLifeMs: number): boolean {
  const here = thisProcess();
  const sameSystem =
    identity.boot === null || here.boot === null ? identity.host === here.host : identity.boot === here.boot;
  if (sameSystem && identity.pid_namespace === here.pid_namespace) {
    if (identity.start === null) return exists(identity.pid);
    const { pid, thread } = identity;
    return startOf(thread === undefined ? `${pid}` : `${pid}/task/${thread}`) === identity.start;
  }
  // The machine was started anew since.
  if (identity.host === here.host && identity.boot !== here.boot) return false;
  return Date.now() - signOfLifeMs < SIGN_OF_LIFE_MS;
}

/** Field 22 of `/proc/<task>/stat`, counted after the command in brackets, which may hold anything. Undefined for the dead and zombies. */
function startOf(task: string): string | undefined {
  const text = firstLine(`/proc/${task}/stat`);
  const fields = text?.slice(text.lastIndexOf(")") + 2).split(" ");
  return fields === undefined || fields[0] === "Z" || fields[0] === "X" ? undefined : fields[19];
}

/** Whether a process of this id is there; for systems without `/proc`, and manifests that name no more. */
export function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function firstLine(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").trimEnd();
  } catch {
    return undefined;
  }
}

function link(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
