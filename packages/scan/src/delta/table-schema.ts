import {
  Binary,
  Bool,
  DateDay,
  Decimal,
  Field,
  Float32,
  Float64,
  Int16,
  Int32,
  Int64,
  Int8,
  List,
  Map_,
  Null,
  Schema,
  Struct,
  TimestampMicrosecond,
  Utf8,
  type DataType,
} from "apache-arrow";
import { PitotError } from "@pitot/core";
import { parseExactJson, type ExactObject, type ExactValue } from "./exact-json.ts";
import type { TableMetadata } from "./log-actions.ts";

/** A column, or a field of a struct, without children of its own. */
export interface TableLeaf {
  /** Dotted, by the table's names. */
  readonly path: string;
  /** The names in files and statistics, from the top. */
  readonly physicalPath: readonly string[];
  readonly type: DataType;
}

/** The schema of a Delta table, and how files name its columns. */
export interface TableSchema {
  /** In the order of the table, partition columns last. */
  readonly schema: Schema;
  /** By dotted path; fields within lists and maps are not among them, since nothing is known of them by value. */
  readonly leaves: ReadonlyMap<string, TableLeaf>;
  readonly partitionColumns: readonly TableLeaf[];
  readonly mapping: "none" | "name" | "id";
  /** Table path → file path of columns, structs' fields and leaves, where the table maps columns. */
  readonly columnNames: ReadonlyMap<string, string> | undefined;
  /** Parquet field id → table path, where the table maps columns by id. */
  readonly fieldIds: ReadonlyMap<number, string> | undefined;
  /** Features that hide in the schema: what a writer must look out for, by column. */
  readonly rules: readonly { readonly column: string; readonly rule: string }[];
}

const PRIMITIVES: Readonly<Record<string, () => DataType>> = {
  string: () => new Utf8(),
  long: () => new Int64(),
  integer: () => new Int32(),
  short: () => new Int16(),
  byte: () => new Int8(),
  float: () => new Float32(),
  double: () => new Float64(),
  boolean: () => new Bool(),
  binary: () => new Binary(),
  date: () => new DateDay(),
  timestamp: () => new TimestampMicrosecond("UTC"),
  timestamp_ntz: () => new TimestampMicrosecond(),
  void: () => new Null(),
};

const PHYSICAL_NAME = "delta.columnMapping.physicalName";
const FIELD_ID = "delta.columnMapping.id";
const RULES: readonly string[] = ["delta.invariants", "delta.generationExpression", "delta.identity.start"];

/**
 * The Arrow schema of a Delta table.
 * @throws PitotError INVALID_DATA where the schema is broken, UNSUPPORTED where it has a type that this reader does not know
 */
export function tableSchema(metadata: TableMetadata): TableSchema {
  return new SchemaReader(metadata).read();
}

class SchemaReader {
  readonly #metadata: TableMetadata;
  readonly #mapping: TableSchema["mapping"];
  readonly #leaves = new Map<string, TableLeaf>();
  /** Paths of leaves within structs that are those of others too. */
  readonly #unclear = new Set<string>();
  readonly #names = new Map<string, string>();
  readonly #ids = new Map<number, string>();
  readonly #rules: { column: string; rule: string }[] = [];

  constructor(metadata: TableMetadata) {
    this.#metadata = metadata;
    const mode = metadata.configuration["delta.columnMapping.mode"] ?? "none";
    if (mode !== "none" && mode !== "name" && mode !== "id")
      throw new PitotError("UNSUPPORTED", "The Delta table maps columns in an unknown mode", {
        value: mode,
        remedy: "Read it with another client; none, name and id are known.",
      });
    this.#mapping = mode;
  }

  read(): TableSchema {
    let json: ExactValue;
    try {
      json = parseExactJson(this.#metadata.schemaString);
    } catch (cause) {
      throw this.#broken(`is not JSON: ${(cause as Error).message}`, this.#metadata.schemaString, cause);
    }
    const fields = this.#fields(json, "", [], []);
    const partitionColumns = this.#metadata.partitionColumns.map((name) => {
      const leaf = this.#leaves.get(name);
      if (leaf === undefined || leaf.physicalPath.length !== 1)
        throw this.#broken("has no column of primitive type for a partition column", name);
      return leaf;
    });
    const partitions = new Set(this.#metadata.partitionColumns);
    return {
      schema: new Schema([
        ...fields.filter(({ name }) => !partitions.has(name)),
        ...this.#metadata.partitionColumns.map((name) => fields.find((field) => field.name === name)!),
      ]),
      leaves: this.#leaves,
      partitionColumns,
      mapping: this.#mapping,
      columnNames: this.#mapping === "none" ? undefined : this.#names,
      fieldIds: this.#mapping === "id" ? this.#ids : undefined,
      rules: this.#rules,
    };
  }

  /** `leaf` is undefined within lists and maps, where fields have no statistics. */
  #fields(
    struct: ExactValue | undefined,
    path: string,
    physical: readonly string[],
    leaf: readonly string[] | undefined,
  ): Field[] {
    if (!isObject(struct) || struct.type !== "struct" || !Array.isArray(struct.fields))
      throw this.#broken("must be a struct with fields", path === "" ? "the table" : path);
    const names = new Set<string>();
    return (struct.fields as readonly ExactValue[]).map((field) => {
      if (!isObject(field) || typeof field.name !== "string" || field.type == null)
        throw this.#broken("has a field without name or type", path);
      const { name } = field;
      if (names.has(name)) throw this.#broken("has two columns of one name", name);
      names.add(name);
      const metadata = isObject(field.metadata) ? field.metadata : {};
      const at = path === "" ? name : `${path}.${name}`;
      const own = this.#physicalName(metadata, name, at);
      const filePath = [...physical, own];
      for (const rule of RULES) if (metadata[rule] != null) this.#rules.push({ column: at, rule });
      if (this.#mapping !== "none") {
        this.#mapName(at, filePath);
        if (typeof metadata[FIELD_ID] === "number") this.#ids.set(metadata[FIELD_ID], at);
      }
      const leafPath = leaf === undefined ? undefined : [...leaf, own];
      const type = this.#type(field.type, at, filePath, leafPath);
      if (leafPath !== undefined && (type.children ?? []).length === 0)
        this.#addLeaf({ path: at, physicalPath: leafPath, type });
      return new Field(name, type, field.nullable !== false, fieldMetadata(metadata));
    });
  }

  #type(
    json: ExactValue | undefined,
    path: string,
    physical: readonly string[],
    leaf: readonly string[] | undefined,
  ): DataType {
    if (typeof json === "string") {
      const primitive = PRIMITIVES[json];
      if (primitive !== undefined) return primitive();
      const decimal = /^decimal\(\s*(\d+)\s*,\s*(\d+)\s*\)$/.exec(json);
      if (decimal !== null) {
        const [precision, scale] = [Number(decimal[1]), Number(decimal[2])];
        if (precision < 1 || precision > 38 || scale > precision)
          throw this.#broken(`has a decimal of impossible size in column ${path}`, json);
        return new Decimal(scale, precision, 128);
      }
    } else if (isObject(json)) {
      if (json.type === "struct") return new Struct(this.#fields(json, path, physical, leaf));
      if (json.type === "array") {
        const [at, file] = this.#nested(path, physical, "list", "element");
        const element = this.#type(json.elementType, at, file, undefined);
        return new List(new Field("element", element, json.containsNull !== false));
      }
      if (json.type === "map") {
        const key = this.#type(json.keyType, ...this.#nested(path, physical, "key_value", "key"), undefined);
        const value = this.#type(
          json.valueType,
          ...this.#nested(path, physical, "key_value", "value"),
          undefined,
        );
        const entries = new Struct<{ key: DataType; value: DataType }>([
          new Field("key", key, false),
          new Field("value", value, json.valueContainsNull !== false),
        ]);
        return new Map_(new Field("entries", entries, false));
      }
    }
    throw new PitotError("UNSUPPORTED", `Column ${path} of the Delta table has a type that is not known`, {
      value: typeof json === "string" ? json : JSON.stringify(isObject(json) ? json.type : json),
      remedy: "Read the table with a client that knows the type.",
    });
  }

  /** Path of an element of a list or map: three levels, as Parquet has them. */
  #nested(path: string, physical: readonly string[], ...levels: string[]): [string, string[]] {
    const at = [path, ...levels].join(".");
    const file = [...physical, ...levels];
    if (this.#mapping !== "none") this.#mapName(at, file);
    return [at, file];
  }

  /** Names may have dots: a path means the column of that name, as in predicates; of two within structs nothing is known. */
  #addLeaf(leaf: TableLeaf): void {
    const { path } = leaf;
    const other = this.#leaves.get(path);
    if (leaf.physicalPath.length === 1) this.#leaves.set(path, leaf);
    else if (other === undefined && !this.#unclear.has(path)) this.#leaves.set(path, leaf);
    else if (other !== undefined && other.physicalPath.length > 1) {
      this.#leaves.delete(path);
      this.#unclear.add(path);
    }
  }

  #mapName(path: string, file: readonly string[]): void {
    if (this.#names.has(path))
      throw new PitotError("UNSUPPORTED", "The Delta table maps two columns of one path", {
        value: path,
        remedy: "Rename one of them: names with dots make both the same.",
      });
    this.#names.set(path, file.join("."));
  }

  #physicalName(metadata: ExactObject, name: string, path: string): string {
    if (this.#mapping === "none") return name;
    const physical = metadata[PHYSICAL_NAME];
    if (typeof physical !== "string") throw this.#broken(`must tell ${PHYSICAL_NAME} of each column`, path);
    if (this.#mapping === "id" && !Number.isSafeInteger(metadata[FIELD_ID]))
      throw this.#broken(`must tell ${FIELD_ID} of each column`, path);
    return physical;
  }

  #broken(rule: string, value: unknown, cause?: unknown): PitotError {
    return new PitotError("INVALID_DATA", `The schema of Delta table ${this.#metadata.id} ${rule}`, {
      value,
      remedy: "Restore metaData.schemaString from the table's writer.",
      ...(cause === undefined ? {} : { cause }),
    });
  }
}

/** What a field's metadata says beside the protocol's own entries. */
function fieldMetadata(metadata: ExactObject): Map<string, string> {
  return new Map(
    Object.entries(metadata).flatMap(([key, value]): [string, string][] =>
      typeof value !== "string" || key.startsWith("delta.") ? [] : [[key, value]],
    ),
  );
}

function isObject(value: ExactValue | undefined): value is ExactObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
