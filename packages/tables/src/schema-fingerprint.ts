import { createHash } from "node:crypto";
import { encode } from "@msgpack/msgpack";
import type { Field, Schema } from "apache-arrow";
import { checkSchema } from "./check-argument.ts";
import { typeString } from "./type-string.ts";

const VERSION = 1;

/** A schema as plain data, nested fields by dotted path. What the fingerprint is made of, and what manifests keep. */
export interface SchemaPayload {
  readonly version: number;
  readonly fields: readonly {
    readonly name: string;
    readonly type: string;
    readonly nullable: boolean;
    readonly metadata: readonly (readonly [string, string])[];
  }[];
}

/**
 * The canonical payload of a schema: the same for equal schemas, in every process.
 * @throws PitotError INVALID_ARGUMENT for what is no schema
 */
export function schemaPayload(schema: Schema): SchemaPayload {
  checkSchema(schema);
  return { version: VERSION, fields: schema.fields.flatMap((field) => flatten(field, "")) };
}

/** SHA-256, in hex, of the schema's canonical MessagePack payload. @throws PitotError as {@link schemaPayload} */
export function schemaFingerprint(schema: Schema): string {
  const { version, fields } = schemaPayload(schema);
  // Arrays, not maps: their order is the format's own, whatever an encoder does to keys.
  const canonical = [
    version,
    fields.map(({ name, type, nullable, metadata }) => [name, type, nullable, metadata]),
  ];
  return createHash("sha256").update(encode(canonical)).digest("hex");
}

function flatten(field: Field, parent: string): SchemaPayload["fields"][number][] {
  const name = parent === "" ? field.name : `${parent}.${field.name}`;
  const children = (field.type as { children?: Field[] | null }).children ?? [];
  const metadata = [...field.metadata].toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return [
    { name, type: typeString(field.type), nullable: field.nullable, metadata },
    ...children.flatMap((inner) => flatten(inner, name)),
  ];
}
