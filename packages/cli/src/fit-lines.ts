import Table from "cli-table3";

/** Options of cli-table3 for columns without lines around them. */
export const NO_BORDERS: Readonly<Record<string, string>> = Object.fromEntries(
  [
    "top",
    "top-mid",
    "top-left",
    "top-right",
    "bottom",
    "bottom-mid",
    "bottom-left",
    "bottom-right",
    "left",
    "left-mid",
    "mid",
    "mid-mid",
    "right",
    "right-mid",
    "middle",
  ].map((name) => [name, ""]),
);

/** Lines cut to the width of a terminal, where the stream is one: colours and wide characters count as they show. */
export function fitLines(
  text: string,
  stream: { readonly isTTY?: boolean; readonly columns?: number },
): string {
  const { isTTY, columns } = stream;
  if (isTTY !== true || columns === undefined || columns < 2) return text;
  const table = new Table({
    chars: NO_BORDERS,
    style: { "padding-left": 0, "padding-right": 0, head: [], border: [] },
    colWidths: [columns],
  });
  // A row apart for each: of a cell with many lines only the first few are cut.
  for (const line of text.split("\n")) table.push([line]);
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}
