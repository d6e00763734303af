import { join } from "node:path";
import { intervalMs } from "./interval.ts";
import { hasLog } from "./log-listing.ts";
import { readTable } from "./read-table.ts";
import { hasSameCommit, readNewerCommits, readState, type TableState } from "./table-state.ts";

/** Tables that are remembered, and writes of applications over all of them. */
const MOST_TABLES = 64;
const MOST_TRANSACTIONS = 200_000;
/** How long a state is trusted to miss no commit that was cleaned away, at most. */
const TRUSTED_MS = 3_600_000;

interface KnownTable {
  state: TableState | undefined;
  /** When the state was last found to be the newest, in Unix milliseconds. */
  verified: number;
  /** Ends when the reading under way ends. */
  reading: Promise<unknown>;
}

const tables = new Map<string, KnownTable>();

/**
 * The state of a table's last version; undefined where there is no table yet. A process that appends again and again reads only what
 * came since: the log of a table that grows every minute has thousands of names, and even listing them takes longer than an append.
 */
export async function currentState(root: string, signal?: AbortSignal): Promise<TableState | undefined> {
  const known = tables.get(root) ?? { state: undefined, verified: 0, reading: Promise.resolve() };
  // The last one used is the last one forgotten.
  tables.delete(root);
  tables.set(root, known);
  // One reading after the other: a state is moved on, not copied.
  const reading = known.reading.then(() => refresh(root, known, signal));
  known.reading = reading.catch(() => undefined);
  const state = await reading;
  forgetOldest();
  return state;
}

async function refresh(
  root: string,
  known: KnownTable,
  signal?: AbortSignal,
): Promise<TableState | undefined> {
  const { state, verified } = known;
  known.state = undefined;
  const now = Date.now();
  const folder = join(root, "_delta_log");
  if (state !== undefined && isTrusted(state, now - verified) && (await hasSameCommit(folder, state)))
    known.state = await readNewerCommits(folder, state, signal);
  else if (await hasLog(root)) known.state = await readTable(root, (listing) => readState(listing, signal));
  known.verified = now;
  const read = known.state;
  // Without its last commit, nothing tells whether it is the same table next time.
  if (read?.commit === undefined) known.state = undefined;
  return read;
}

/**
 * Whether the commit after a state, if there were one, would be there. Logs are cleaned of what is older than the table's retention, so what was committed after a
 * state that is younger than that is not cleaned away yet.
 */
function isTrusted({ metadata }: TableState, age: number): boolean {
  const retention = metadata.configuration["delta.logRetentionDuration"];
  const ms = retention === undefined ? TRUSTED_MS : (intervalMs(retention) ?? 0) / 2;
  return age >= 0 && age < Math.min(TRUSTED_MS, ms);
}

function forgetOldest(): void {
  let transactions = 0;
  for (const [, { state }] of tables) transactions += state?.transactions.size ?? 0;
  for (const [root, { state }] of tables) {
    if (tables.size <= MOST_TABLES && transactions <= MOST_TRANSACTIONS) return;
    transactions -= state?.transactions.size ?? 0;
    tables.delete(root);
  }
}
