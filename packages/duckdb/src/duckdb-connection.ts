/**
 * The parts of `@duckdb/node-api` that Pitot uses, as shapes: the engine is never imported, so that whoever has none pays nothing, and
 * a connection of any version that still has these methods can be observed.
 */
export interface DuckDBConnectionLike {
  run(sql: string, values?: unknown, types?: unknown): Promise<DuckDBResultLike>;
  runAndReadAll(sql: string, values?: unknown, types?: unknown): Promise<DuckDBReaderLike>;
  stream(sql: string, values?: unknown, types?: unknown): Promise<DuckDBResultLike>;
  start(sql: string, values?: unknown, types?: unknown): Promise<DuckDBPendingLike>;
  startStream(sql: string, values?: unknown, types?: unknown): Promise<DuckDBPendingLike>;
  prepare(sql: string): Promise<DuckDBPreparedLike>;
  extractStatements(sql: string): Promise<DuckDBExtractedLike>;
  createAppender(table: string, schema?: string | null, catalog?: string | null): Promise<DuckDBAppenderLike>;
  getTableNames(query: string, qualified: boolean): readonly string[];
  interrupt(): void;
  disconnectSync(): void;
}

/** A result: rows by chunk. */
export interface DuckDBResultLike {
  /** 1: a number of changed rows, 2: nothing, 3: rows. */
  readonly returnType: number;
  readonly rowsChanged: number;
  /** Of a materialised result only. */
  readonly rowCount?: number;
  readonly columnCount: number;
  columnName(index: number): string;
  columnType(index: number): DuckDBTypeLike;
  fetchChunk(): Promise<{ readonly rowCount: number } | null>;
}

/** A result read to its end. */
export interface DuckDBReaderLike {
  readonly currentRowCount: number;
  getRowObjectsJson(): Record<string, unknown>[];
}

/** A statement under way, driven task by task. */
export interface DuckDBPendingLike {
  runTask(): unknown;
  getResult(): Promise<DuckDBResultLike>;
}

/** A prepared statement. */
export interface DuckDBPreparedLike {
  readonly parameterCount: number;
  parameterType(index: number): { toString(): string };
  run(): Promise<DuckDBResultLike>;
  stream(): Promise<DuckDBResultLike>;
  start(): DuckDBPendingLike;
  startStream(): DuckDBPendingLike;
}

/** The statements of one text, not yet prepared. */
export interface DuckDBExtractedLike {
  readonly count: number;
  prepare(index: number): Promise<DuckDBPreparedLike>;
}

/** An appender of rows. */
export interface DuckDBAppenderLike {
  endRow(): void;
  appendDataChunk(chunk: never): void;
  flushSync(): void;
  closeSync(): void;
}

/** An instance: what connections come from. */
export interface DuckDBInstanceLike {
  connect(): Promise<DuckDBConnectionLike>;
}

/** A type as the engine describes it. */
export interface DuckDBTypeLike {
  readonly typeId: number;
  toString(): string;
}

/** Observed connections, and the way past their observation. */
const bare = new WeakMap<DuckDBConnectionLike, DuckDBConnectionLike>();

/** Remembers the way past the observation of `connection`. */
export function keepBare(connection: DuckDBConnectionLike, original: DuckDBConnectionLike): void {
  bare.set(connection, original);
}

/** True where `connection` is observed. */
export function isObserved(connection: DuckDBConnectionLike): boolean {
  return bare.has(connection);
}

/** Rows of Pitot's own statements: they never become spans. */
export async function queryRows(
  connection: DuckDBConnectionLike,
  sql: string,
  values?: unknown,
  types?: unknown,
): Promise<Record<string, unknown>[]> {
  const reader = await bareConnection(connection).runAndReadAll(sql, values, types);
  return reader.getRowObjectsJson();
}

/** The connection without its observation. */
export function bareConnection(connection: DuckDBConnectionLike): DuckDBConnectionLike {
  return bare.get(connection) ?? connection;
}

/** A name as an identifier in SQL. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
