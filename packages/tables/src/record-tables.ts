import type { DiagnosticsSink, QualityRow } from "@pitot/core";
import type { Table } from "apache-arrow";
import { columnStatsTable, datasetStatsTable, type Datasets } from "./dataset-stats.ts";

/** Hands the rows of a quality table to a sink. Never throws. */
export function recordQualityTable(sink: DiagnosticsSink, table: Table): void {
  sink.recordQuality(qualityRows(table));
}

/** Records statistics as event rows `dataset_stats_v1` and `column_stats_v1`. */
export function recordDatasetStats(sink: DiagnosticsSink, datasets: Datasets): void {
  sink.recordEvents("dataset_stats_v1", rows(datasetStatsTable(datasets)));
  sink.recordEvents("column_stats_v1", rows(columnStatsTable(datasets)));
}

function* qualityRows(table: Table): Generator<QualityRow> {
  const [kind, id, issue, source] = ["entity_kind", "entity_id", "issue", "source_table"].map((name) =>
    table.getChild(name),
  );
  for (let i = 0; i < table.numRows; i++)
    yield {
      entity_kind: String(kind?.get(i)),
      entity_id: (id?.get(i) as string | null | undefined) ?? null,
      issue: String(issue?.get(i)),
      source_table: (source?.get(i) as string | null | undefined) ?? null,
    };
}

function rows(table: Table): object[] {
  return table.toArray().map((row) => (row as { toJSON(): object }).toJSON());
}
