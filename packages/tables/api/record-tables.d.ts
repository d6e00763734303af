import { type DiagnosticsSink } from "@pitot/core";
import type { Table } from "apache-arrow";
import type { Datasets } from "./dataset-stats.ts";
/** How {@link recordDatasets} tells of columns. */
export interface RecordDatasetsOptions {
    /** Columns per dataset that become events and gauges; the snapshot has all of them. Default 100. */
    readonly columns?: number;
}
/**
 * Records rows, columns, bytes, schema fingerprint, and type and nulls of each column, of datasets: as events `pitot.dataset` and
 * `pitot.column`, as gauges, and as the snapshot's tables `dataset_stats` and `column_stats`. A dataset that is null, or cannot be read, is
 * an event `dataset_missing` with its name and reason. Never throws; options that are none are told once through OTel's `diag`, and the defaults hold. Reads validity bitmaps, not values.
 */
export declare function recordDatasets(sink: DiagnosticsSink, datasets: Datasets, options?: RecordDatasetsOptions): void;
/**
 * Hands a quality table to a sink. Never throws; a table of other columns is told and counted as dropped. A run reads it by column, a few
 * nanoseconds a row; another sink gets rows, made while it reads them.
 */
export declare function recordQualityTable(sink: DiagnosticsSink, table: Table): void;
