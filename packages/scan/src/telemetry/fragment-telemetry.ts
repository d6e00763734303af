import type { PlainObject } from "@pitot/core";
import { schemaPayload } from "@pitot/tables";
import type { Schema } from "apache-arrow";
import { topLevelColumn } from "../dataset/column-types.ts";
import type { Dataset } from "../dataset/dataset.ts";
import type { Fragment } from "../dataset/fragment-source.ts";
import { fragmentFileHints } from "../dataset/list-fragments.ts";
import { plannedFragments } from "../dataset/plan-fragments.ts";
import type { Predicate } from "../predicate/predicate.ts";
import { countRows } from "../reading/scan.ts";
import type { ScanTelemetry, ScanTelemetryOptions } from "./scan-telemetry.ts";
import { requireTexts } from "../require-option.ts";

/** What is told of which fragments. */
export interface FragmentTelemetryOptions extends ScanTelemetryOptions {
  readonly predicate?: Predicate;
  /** Whether to count the rows that match, which reads what statistics leave open; default true. */
  readonly countRows?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Telemetry of a dataset's fragments, of those that a predicate leaves where one is given: fragments without a row group that may match are
 * left out, and rows are those of the row groups that may. Costs the footers, and what {@link countRows} reads.
 * @throws PitotError as `scanBatches` does
 */
export async function fragmentTelemetry(
  dataset: Dataset,
  options: FragmentTelemetryOptions = {},
): Promise<ScanTelemetry> {
  const { predicate, signal } = options;
  requireTexts("requiredColumns", options.requiredColumns);
  requireTexts("scanColumns", options.scanColumns);
  const fragments: Fragment[] = [];
  let rowGroups = 0;
  let estimatedRows = 0;
  for await (const planned of plannedFragments(dataset, { predicate, signal })) {
    fragments.push(planned.fragment);
    rowGroups += planned.rowGroups.length;
    estimatedRows += planned.rowGroups.reduce((total, { rows }) => total + rows, 0);
  }
  const counted =
    options.countRows === false
      ? null
      : await countRows(dataset, { ...(predicate && { predicate }), ...(signal && { signal }) });
  return scanTelemetry(dataset, { fragments, rowGroups, estimatedRows, countRows: counted }, options);
}

/** What a plan or a scan found. */
export interface FoundFragments {
  readonly fragments: readonly Fragment[];
  readonly rowGroups: number;
  readonly estimatedRows: number | null;
  readonly countRows: number | null;
}

/** Telemetry from what was found already; reads nothing. */
export function scanTelemetry(
  dataset: Dataset,
  found: FoundFragments,
  options: ScanTelemetryOptions & { readonly predicate?: Predicate | undefined },
): ScanTelemetry {
  const { fragments } = found;
  const all = dataset.schema.fields.map(({ name }) => name);
  const filtered = (options.predicate?.columns ?? []).flatMap(
    (path) => topLevelColumn(dataset.schema, path)?.name ?? [],
  );
  const scanColumns =
    options.scanColumns ??
    (options.requiredColumns && [...new Set([...options.requiredColumns, ...filtered])]) ??
    all;
  return {
    fragmentCount: fragments.length,
    rowGroupCount: found.rowGroups,
    countRows: found.countRows,
    estimatedRows: found.estimatedRows,
    fileHints: fragmentFileHints(fragments, options.hintLimit === undefined ? 5 : options.hintLimit),
    fragmentPaths: fragments.map(({ path }) => path),
    partitionExpressions: fragments.map(({ partitionExpression }) => partitionExpression),
    requiredColumns: [...(options.requiredColumns ?? scanColumns)],
    scanColumns: [...scanColumns],
    datasetSchema: schemaDocument(dataset.schema),
    projectedSchema: schemaDocument(dataset.project(scanColumns)),
    discoveryPolicy: options.discoveryPolicy ?? (dataset.source.discovery as PlainObject),
    scanProfile: options.scanProfile ?? null,
  };
}

function schemaDocument(schema: Schema): PlainObject {
  const { version, fields } = schemaPayload(schema);
  return {
    version,
    fields: fields.map(({ name, type, nullable, metadata }) => ({
      name,
      type,
      nullable,
      metadata: Object.fromEntries(metadata),
    })),
  };
}
