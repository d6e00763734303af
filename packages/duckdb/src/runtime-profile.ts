import { queryRows, type DuckDBConnectionLike } from "./duckdb-connection.ts";

/** The engine of a session: what must be the same for its results and timings to be comparable. */
export interface RuntimeProfile {
  readonly engine: "duckdb";
  /** e.g. `v1.5.6`; prereleases look like `v1.6.0-dev123`. */
  readonly version: string;
  /** The commit that it was built from. */
  readonly sourceId: string;
  readonly codename: string | null;
  /** Every setting by name, as text. Those that hold secrets are redacted when they are recorded. */
  readonly settings: Readonly<Record<string, string>>;
}

/** Whether an extension is there. */
export interface FeatureState {
  readonly name: string;
  readonly installed: boolean;
  readonly loaded: boolean;
  readonly version: string;
}

/** Version and settings of the engine, at this moment. */
export async function runtimeProfile(connection: DuckDBConnectionLike): Promise<RuntimeProfile> {
  const [version = {}] = await queryRows(connection, "PRAGMA version");
  const settings = await queryRows(connection, "SELECT name, value FROM duckdb_settings() ORDER BY name");
  return {
    engine: "duckdb",
    version: String(version["library_version"]),
    sourceId: String(version["source_id"]),
    codename: (version["codename"] as string | null | undefined) ?? null,
    settings: Object.fromEntries(
      settings.map((row) => [String(row["name"]), (row["value"] as string | null) ?? ""]),
    ),
  };
}

/** The extensions that are installed or loaded, in order of name. */
export async function featureStates(connection: DuckDBConnectionLike): Promise<FeatureState[]> {
  const rows = await queryRows(
    connection,
    "SELECT * FROM duckdb_extensions() WHERE installed OR loaded ORDER BY extension_name",
  );
  return rows.map((row) => ({
    name: String(row["extension_name"]),
    installed: row["installed"] === true,
    loaded: row["loaded"] === true,
    version: (row["extension_version"] as string | null) ?? "",
  }));
}
