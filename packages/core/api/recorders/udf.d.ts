import type { DiagnosticsSink } from "../diagnostics-sink.ts";
import type { ViewNode } from "./view.ts";
/** Functions of the engine by kind, as it lists them. Unknown keys are kept. */
export interface UdfSnapshot {
    readonly scalar?: readonly string[];
    readonly aggregate?: readonly string[];
    readonly window?: readonly string[];
    readonly table?: readonly string[];
    /** Those of all kinds that the application made; left out where the engine cannot tell them apart. */
    readonly user?: readonly string[];
    readonly [key: string]: unknown;
}
/**
 * Records the artifact `view_udf_parity_v1`: for each view that calls functions, which of them the snapshot and the engine's catalogue
 * lack, which are the application's own where the snapshot tells them apart, and the totals.
 *
 * @param options.catalog names that the engine itself reports; left out, only the snapshot is compared
 */
export declare function recordViewUdfParity(sink: DiagnosticsSink, options: {
    readonly snapshot: UdfSnapshot;
    readonly viewNodes: readonly ViewNode[];
    readonly catalog?: Iterable<string>;
}): void;
/** Records the artifact `rust_udf_snapshot_v1`: counts and names of the engine's native functions, and of those that the application made. */
export declare function recordRustUdfSnapshot(sink: DiagnosticsSink, options: {
    readonly snapshot: UdfSnapshot;
}): void;
