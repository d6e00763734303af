import type { DiagnosticsSink } from "@pitot/core";
import type { Table } from "apache-arrow";
import { type Datasets } from "./dataset-stats.ts";
/** Hands the rows of a quality table to a sink. Never throws. */
export declare function recordQualityTable(sink: DiagnosticsSink, table: Table): void;
/** Records statistics as event rows `dataset_stats_v1` and `column_stats_v1`. */
export declare function recordDatasetStats(sink: DiagnosticsSink, datasets: Datasets): void;
