/** The low-cardinality name of a file's dataset: its name without directory, extension and query; `memory` for bytes from nowhere. */
export function datasetName(source: string | undefined): string {
  if (source === undefined) return "memory";
  const path = source.split(/[?#]/, 1)[0]!;
  const parts = path.split(/[/\\]/).filter((part) => part !== "");
  const name = (parts.pop() ?? "").replace(/\.[^.]*$/, "");
  // A part of a partitioned dataset is named by its folder: part-0001 says nothing, and there are thousands.
  if (/^(part|data|chunk|file)?[-_]?[0-9a-f-]*$/i.test(name)) {
    const folder = parts.findLast((part) => !part.includes("="));
    if (folder !== undefined) return folder;
  }
  return name === "" ? "memory" : name;
}
