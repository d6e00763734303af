import { randomUUID } from "node:crypto";
import type { DataType } from "apache-arrow";
import * as names from "@pitot/semconv";
import type { AppendPlan } from "./append-plan.ts";
import { hasTimestampNtz, schemaString } from "./written-schema.ts";

/** A data file that was written and is not known to the log yet. */
export interface NewFile {
  readonly path: string;
  /** Its `add`, as a line of the log. */
  readonly action: string;
  readonly rows: number;
  readonly bytes: number;
}

/** Which write of whom. */
interface Writer {
  readonly appId: string;
  readonly version: number;
  readonly runId: string | undefined;
}

/** The actions of an append as version `next` of a table, a line each. */
export function commitLines(
  { appId, version, runId }: Writer,
  next: number,
  plan: AppendPlan,
  files: readonly NewFile[],
): string {
  const now = Date.now();
  const sum = (of: "rows" | "bytes"): string => String(files.reduce((total, file) => total + file[of], 0));
  const commitInfo = {
    timestamp: now,
    operation: plan.isNew ? "CREATE TABLE AS SELECT" : "WRITE",
    operationParameters: { mode: "Append", partitionBy: JSON.stringify(plan.partitionColumns) },
    ...(next > 0 && { readVersion: next - 1 }),
    isolationLevel: "Serializable",
    isBlindAppend: true,
    operationMetrics: {
      numFiles: String(files.length),
      numOutputRows: sum("rows"),
      numOutputBytes: sum("bytes"),
    },
    engineInfo: "pitot",
    txnId: randomUUID(),
    ...(runId !== undefined && { [names.ATTR_RUN_ID]: runId }),
  };
  const actions: object[] = [
    { commitInfo },
    ...(plan.isNew ? newTable(plan, now) : []),
    { txn: { appId, version, lastUpdated: now } },
  ];
  const lines = [...actions.map((action) => JSON.stringify(action)), ...files.map(({ action }) => action)];
  return `${lines.join("\n")}\n`;
}

function newTable({ schema, partitionColumns }: AppendPlan, createdTime: number): object[] {
  const ntz = schema.fields.some((field) => hasTimestampNtz(field.type as DataType));
  const features = { readerFeatures: ["timestampNtz"], writerFeatures: ["timestampNtz"] };
  return [
    { protocol: { minReaderVersion: ntz ? 3 : 1, minWriterVersion: ntz ? 7 : 2, ...(ntz && features) } },
    {
      metaData: {
        id: randomUUID(),
        format: { provider: "parquet", options: {} },
        schemaString: schemaString(schema.fields),
        partitionColumns,
        configuration: {},
        createdTime,
      },
    },
  ];
}
