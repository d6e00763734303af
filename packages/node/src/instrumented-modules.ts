/** A package that `register` watches for. */
export interface InstrumentedModule {
  /** The specifier that applications import; deep imports are not seen. */
  readonly name: string;
  /** Its name in `OTEL_NODE_ENABLED_INSTRUMENTATIONS`. */
  readonly instrumentation: string;
  /** The file and the class of its instrumentation. */
  readonly file: string;
  readonly className: string;
  /** Exports that the instrumentation replaces; what it changes in place needs no entry. */
  readonly replaces: readonly string[];
}

/** The packages that need a loader hook. `node:stream` and `node:fs` are patched without one. */
export const INSTRUMENTED_MODULES: readonly InstrumentedModule[] = [
  {
    name: "hyparquet",
    instrumentation: "hyparquet",
    file: "instrumentations/hyparquet.js",
    className: "HyparquetInstrumentation",
    replaces: [
      "asyncBufferFromFile",
      "asyncBufferFromUrl",
      "cachedAsyncBuffer",
      "parquetQuery",
      "parquetRead",
      "parquetReadObjects",
    ],
  },
  {
    name: "apache-arrow",
    instrumentation: "apache-arrow",
    file: "instrumentations/apache-arrow.js",
    className: "ApacheArrowInstrumentation",
    replaces: ["tableFromIPC", "tableToIPC"],
  },
  {
    name: "@uwdata/flechette",
    instrumentation: "flechette",
    file: "instrumentations/flechette.js",
    className: "FlechetteInstrumentation",
    replaces: ["tableFromIPC", "tableToIPC"],
  },
  {
    name: "@duckdb/node-api",
    instrumentation: "duckdb",
    file: "instrumentations/duckdb.js",
    className: "DuckDBInstrumentation",
    replaces: [],
  },
];

/** What {@link isEnabled} knows by name: packages, and what Node has itself. */
export const INSTRUMENTATION_NAMES: readonly string[] = [
  ...INSTRUMENTED_MODULES.map(({ instrumentation }) => instrumentation),
  "stream",
  "fs",
];

/** Whether the environment asks for an instrumentation: all, less what `OTEL_NODE_DISABLED_INSTRUMENTATIONS` lists. */
export function isEnabled(instrumentation: string, env: NodeJS.ProcessEnv = process.env): boolean {
  const list = (variable: string): string[] =>
    (env[variable] ?? "")
      .split(",")
      .map((name) => name.trim())
      .filter((name) => name !== "");
  const enabled = list("OTEL_NODE_ENABLED_INSTRUMENTATIONS");
  // The variable also names instrumentations of others: only where it names one of ours does it speak to us.
  const named = enabled.includes("none") || enabled.some((name) => INSTRUMENTATION_NAMES.includes(name));
  return (
    (!named || enabled.includes(instrumentation)) &&
    !list("OTEL_NODE_DISABLED_INSTRUMENTATIONS").includes(instrumentation)
  );
}
