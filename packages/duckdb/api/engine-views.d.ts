import { type ViewArtifact, type ViewNode } from "@pitot/core";
import { type DuckDBConnectionLike } from "./duckdb-connection.ts";
/**
 * The views of the application, in order of name: what each depends on, the functions that it calls, its plan's fingerprint, and the
 * hash of the settings under which it was planned. Views that cannot be planned any more, e.g. for a dropped table, are there without
 * a fingerprint. Costs two statements a view.
 */
export declare function engineViews(connection: DuckDBConnectionLike): Promise<ViewNode[]>;
/**
 * What is kept of one view, to see later whether it, its plan or its schema changed.
 * @throws PitotError INVALID_ARGUMENT where there is no view of that name, or none that can be planned
 */
export declare function viewArtifact(connection: DuckDBConnectionLike, name: string): Promise<ViewArtifact>;
