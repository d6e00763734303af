import { median } from "./bench-result.ts";

/** Milliseconds of bodies that may wait, run in turn; the median of `rounds` of each. The first round warms up. */
export async function asyncTurns(rounds: number, ...bodies: readonly (() => unknown)[]): Promise<number[]> {
  const times: number[][] = bodies.map(() => []);
  for (let round = 0; round <= rounds; round++)
    for (const [which, body] of bodies.entries()) {
      const started = performance.now();
      await body();
      if (round > 0) times[which]!.push(performance.now() - started);
    }
  return times.map(median);
}
