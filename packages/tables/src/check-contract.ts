import type { PitotError, SchemaViolation } from "@pitot/core";
import type { Field, Schema } from "apache-arrow";
import { checkList, checkSchema, isObject, refused } from "./check-argument.ts";
import { typeString } from "./type-string.ts";

/** What a column must be. */
export interface ColumnContract {
  /** A column, or a field inside one by its path: `address.city`. */
  readonly name: string;
  /** As {@link typeString} prints it, nested fields and their `not null` included; left out, any. */
  readonly type?: string;
  /** Whether it may be nullable; left out, either way. */
  readonly nullable?: boolean;
  /** Field metadata that must be there. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** What a table's schema must be. */
export interface SchemaContract {
  readonly tableName: string;
  readonly columns: readonly ColumnContract[];
  /** Columns beyond those named are violations, a second one of a name too. Default false. */
  readonly exact?: boolean;
  /** Schema metadata that must be there. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * How a schema differs from its contract, for `recordViewContractViolations`; null stands for a table that is not there.
 * Metadata are told as `key=value`, those of the table without a column's name.
 *
 * @throws PitotError INVALID_ARGUMENT for what is no schema, or no contract: violations are returned
 */
export function checkContract(schema: Schema | null, contract: SchemaContract): SchemaViolation[] {
  checkTerms(contract);
  const { tableName } = contract;
  if (schema === null) return [{ violationType: "missing_table", tableName }];
  checkSchema(schema);
  const violations = contract.columns.flatMap((column) => checkColumn(schema, column, tableName));
  if (contract.exact === true) violations.push(...extraColumns(schema, contract));
  violations.push(...checkMetadata(schema.metadata, contract.metadata, { tableName }));
  return violations;
}

/** A term of another type would be broken by every schema. */
function checkTerms(contract: SchemaContract): void {
  const remedy = "Give { tableName, columns: [{ name, type, nullable, metadata }], exact, metadata }.";
  const wrong = (problem: string, value: unknown): PitotError => refused(problem, value, remedy);
  const isText = (value: unknown): boolean => typeof value === "string";
  const isBoolean = (value: unknown): boolean => value === undefined || typeof value === "boolean";
  const isMetadata = (value: unknown): boolean =>
    value === undefined || (isObject(value) && Object.values(value).every(isText));
  if (!isObject(contract)) throw wrong("This is not a contract", contract);
  const { tableName, columns, exact, metadata } = contract;
  if (!isText(tableName)) throw wrong("A contract has no tableName", tableName);
  if (!isBoolean(exact)) throw wrong("exact is neither true nor false", exact);
  if (!isMetadata(metadata)) throw wrong("The metadata of a contract are not texts by name", metadata);
  checkList(columns, "The columns of a contract are not a list", remedy);
  for (const column of columns) {
    if (!isObject(column)) throw wrong("A column of a contract is not an object", column);
    if (!isText(column.name)) throw wrong("A column of a contract has no name", column.name);
    if (column.type !== undefined && !isText(column.type))
      throw wrong("A column's type is not text as typeString gives it", column.type);
    if (!isBoolean(column.nullable)) throw wrong("nullable is neither true nor false", column.nullable);
    if (!isMetadata(column.metadata))
      throw wrong("The metadata of a column are not texts by name", column.metadata);
  }
}

function checkColumn(schema: Schema, column: ColumnContract, tableName: string): SchemaViolation[] {
  const { name: columnName, type, nullable } = column;
  const at = { tableName, columnName };
  const field = fieldAt(schema.fields, columnName);
  if (field === undefined)
    return [{ violationType: "missing_column", ...at, ...(type === undefined ? {} : { expected: type }) }];
  const violations: SchemaViolation[] = [];
  const actual = typeString(field.type);
  if (type !== undefined && type !== actual)
    violations.push({ violationType: "type_mismatch", ...at, expected: type, actual });
  const text = (may: boolean): string => (may ? "nullable" : "not null");
  if (nullable !== undefined && nullable !== field.nullable)
    violations.push({
      violationType: "nullability_mismatch",
      ...at,
      expected: text(nullable),
      actual: text(field.nullable),
    });
  return [...violations, ...checkMetadata(field.metadata, column.metadata, at)];
}

/** A name with dots may be a column's own, so that is looked for first. */
function fieldAt(fields: readonly Field[], path: string): Field | undefined {
  const own = fields.find(({ name }) => name === path);
  if (own !== undefined) return own;
  for (const { name, type } of fields) {
    const children = (type as { children?: Field[] | null }).children ?? [];
    const found = path.startsWith(`${name}.`) ? fieldAt(children, path.slice(name.length + 1)) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

function extraColumns({ fields }: Schema, { columns, tableName }: SchemaContract): SchemaViolation[] {
  const allowed = new Set(columns.flatMap(({ name }) => [name, name.split(".")[0]]));
  return fields.flatMap(({ name: columnName, type }) =>
    // Once per name: the second of a name is one too many.
    allowed.delete(columnName)
      ? []
      : [{ violationType: "extra_column" as const, tableName, columnName, actual: typeString(type) }],
  );
}

function checkMetadata(
  metadata: ReadonlyMap<string, string>,
  expected: Readonly<Record<string, string>> | undefined,
  at: Pick<SchemaViolation, "tableName" | "columnName">,
): SchemaViolation[] {
  return Object.entries(expected ?? {}).flatMap(([key, value]) => {
    const actual = metadata.get(key);
    if (actual === value) return [];
    return [
      {
        violationType: "metadata_mismatch" as const,
        ...at,
        expected: `${key}=${value}`,
        ...(actual === undefined ? {} : { actual: `${key}=${actual}` }),
      },
    ];
  });
}
