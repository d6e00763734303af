import { readFileSync } from "node:fs";

/** One measured row: ours against a peer, in one process. */
export interface BenchResult {
  readonly row: number;
  readonly name: string;
  readonly ours: number;
  readonly peer: number;
  readonly peerName: string;
  readonly unit: string;
  /** ours / peer. */
  readonly ratio: number;
  readonly goal: string;
  readonly met: boolean;
}

/** Nanoseconds per iteration of two bodies, run in turn; the median of `rounds`. */
export function alternate(
  rounds: number,
  iterations: number,
  ours: (count: number) => void,
  peer: (count: number) => void,
): [ours: number, peer: number] {
  const times: [number[], number[]] = [[], []];
  for (let round = 0; round <= rounds; round++)
    [ours, peer].forEach((body, which) => {
      const started = process.hrtime.bigint();
      body(iterations);
      // The first round warms up.
      if (round > 0) times[which]!.push(Number(process.hrtime.bigint() - started) / iterations);
    });
  return [median(times[0]), median(times[1])];
}

/** The middle value. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

/** CPU time of this process since its start, in µs, of all its threads: unlike a clock, it does not count what neighbours take. */
export function cpuMicroseconds(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** CPU time of the main thread alone, in µs, as Linux tells it whenever the thread has waited; NaN elsewhere. */
export function mainThreadMicroseconds(): number {
  try {
    const [nanoseconds] = readFileSync(`/proc/self/task/${process.pid}/schedstat`, "utf8").split(" ");
    return Number(nanoseconds) / 1000;
  } catch {
    return Number.NaN;
  }
}
