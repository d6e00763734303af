const UNITS: Readonly<Record<string, number>> = {
  millisecond: 1,
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
};

/** Milliseconds of an interval as table properties write it, such as `interval 30 days`; undefined for one that has no fixed length. */
export function intervalMs(text: string): number | undefined {
  const words = text.trim().toLowerCase().split(/\s+/);
  if (words[0] === "interval") words.shift();
  if (words.length === 0 || words.length % 2 !== 0) return undefined;
  let sum = 0;
  for (let i = 0; i < words.length; i += 2) {
    const unit = UNITS[words[i + 1]!.replace(/s$/, "")];
    if (unit === undefined || !/^\d+$/.test(words[i]!)) return undefined;
    sum += Number(words[i]) * unit;
  }
  return Number.isSafeInteger(sum) ? sum : undefined;
}
