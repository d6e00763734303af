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
export function recordViewUdfParity(
  sink: DiagnosticsSink,
  options: {
    readonly snapshot: UdfSnapshot;
    readonly viewNodes: readonly ViewNode[];
    readonly catalog?: Iterable<string>;
  },
): void {
  const known = new Set(udfNames(options.snapshot));
  const catalog = options.catalog === undefined ? undefined : new Set(options.catalog);
  const user = options.snapshot.user === undefined ? undefined : new Set(options.snapshot.user);
  const views = options.viewNodes
    .filter((view) => (view.requiredUdfs?.length ?? 0) > 0)
    .map((view) => ({
      view: view.name,
      required_udfs: [...view.requiredUdfs!],
      missing_snapshot_udfs: view.requiredUdfs!.filter((name) => !known.has(name)),
      missing_catalog_udfs:
        catalog === undefined ? [] : view.requiredUdfs!.filter((name) => !catalog.has(name)),
      ...(user === undefined ? {} : { user_udfs: view.requiredUdfs!.filter((name) => user.has(name)) }),
    }));
  sink.recordArtifact("view_udf_parity_v1", {
    total_views: options.viewNodes.length,
    views_with_requirements: views.length,
    missing_snapshot_views: views.filter((view) => view.missing_snapshot_udfs.length > 0).length,
    missing_catalog_views: views.filter((view) => view.missing_catalog_udfs.length > 0).length,
    rows: views,
  });
}

/** Records the artifact `rust_udf_snapshot_v1`: counts and names of the engine's native functions, and of those that the application made. */
export function recordRustUdfSnapshot(
  sink: DiagnosticsSink,
  options: { readonly snapshot: UdfSnapshot },
): void {
  const { snapshot } = options;
  const kinds = ["scalar", "aggregate", "window", "table"] as const;
  sink.recordArtifact("rust_udf_snapshot_v1", {
    total: udfNames(snapshot).length,
    ...Object.fromEntries(kinds.map((kind) => [`${kind}_count`, snapshot[kind]?.length ?? 0])),
    ...Object.fromEntries(kinds.map((kind) => [kind, [...(snapshot[kind] ?? [])].sort()])),
    ...(snapshot.user === undefined
      ? {}
      : { user_count: snapshot.user.length, user: [...snapshot.user].sort() }),
  });
}

function udfNames(snapshot: UdfSnapshot): string[] {
  const { scalar = [], aggregate = [], window = [], table = [] } = snapshot;
  return [...scalar, ...aggregate, ...window, ...table];
}
