import { DataType, type RecordBatch } from "apache-arrow";

/** The rows of a batch as JSON texts. */
export function* batchRows(batch: RecordBatch): Generator<string> {
  const columns = batch.schema.fields.map((field, i) => {
    const vector = batch.getChildAt(i)!;
    // A vector of timestamps yields rounded milliseconds; the integers are what was recorded.
    const integers =
      DataType.isInt(field.type) || DataType.isTimestamp(field.type)
        ? (vector.toArray() as BigInt64Array | Int32Array)
        : undefined;
    return {
      name: field.name,
      get: (row: number): unknown =>
        vector.isValid(row) ? (integers === undefined ? vector.get(row) : integers[row]) : null,
    };
  });
  for (let row = 0; row < batch.numRows; row++)
    yield JSON.stringify(Object.fromEntries(columns.map(({ name, get }) => [name, plain(get(row))])));
}

function plain(value: unknown): unknown {
  if (typeof value === "bigint") {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : String(value);
  }
  // JSON has no name for them, and would say null.
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  return value;
}
