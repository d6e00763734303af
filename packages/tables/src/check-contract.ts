import type { SchemaViolation } from "@pitot/core";
import type { Schema } from "apache-arrow";
import { typeString } from "./type-string.ts";

/** What a table's schema must be. */
export interface SchemaContract {
  readonly tableName: string;
  readonly columns: readonly {
    readonly name: string;
    /** As {@link typeString} prints it; left out, any. */
    readonly type?: string;
    /** False: the column must not be nullable. */
    readonly nullable?: boolean;
  }[];
  /** Columns beyond those named are violations. Default false. */
  readonly exact?: boolean;
  /** Schema metadata that must be there. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** How a schema differs from its contract, for `recordViewContractViolations`; null stands for a table that is not there. Never throws. */
export function checkContract(schema: Schema | null, contract: SchemaContract): SchemaViolation[] {
  const { tableName } = contract;
  if (schema === null) return [{ violationType: "missing_table", tableName }];
  const violations: SchemaViolation[] = [];
  const fields = new Map(schema.fields.map((field) => [field.name, field]));
  for (const { name: columnName, type, nullable } of contract.columns) {
    const field = fields.get(columnName);
    if (field === undefined) {
      violations.push({
        violationType: "missing_column",
        tableName,
        columnName,
        ...(type === undefined ? {} : { expected: type }),
      });
      continue;
    }
    const actual = typeString(field.type);
    if (type !== undefined && type !== actual)
      violations.push({ violationType: "type_mismatch", tableName, columnName, expected: type, actual });
    if (nullable === false && field.nullable)
      violations.push({
        violationType: "nullability_mismatch",
        tableName,
        columnName,
        expected: "not null",
        actual: "nullable",
      });
  }
  const named = new Set(contract.columns.map(({ name }) => name));
  if (contract.exact === true)
    for (const { name: columnName, type } of schema.fields)
      if (!named.has(columnName))
        violations.push({ violationType: "extra_column", tableName, columnName, actual: typeString(type) });
  for (const [columnName, expected] of Object.entries(contract.metadata ?? {})) {
    const actual = schema.metadata.get(columnName);
    if (actual !== expected)
      violations.push({
        violationType: "metadata_mismatch",
        tableName,
        columnName,
        expected,
        ...(actual === undefined ? {} : { actual }),
      });
  }
  return violations;
}
