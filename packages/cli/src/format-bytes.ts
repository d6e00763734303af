/** 1.2 MB, 34 kB, 512 B; `?` where nobody knows. */
export function byteSize(bytes: number | null | undefined): string {
  if (bytes === null || bytes === undefined) return "?";
  for (const [unit, size] of [
    ["GB", 1e9],
    ["MB", 1e6],
    ["kB", 1e3],
  ] as const)
    if (bytes >= size) return `${(bytes / size).toFixed(1)} ${unit}`;
  return `${bytes} B`;
}
