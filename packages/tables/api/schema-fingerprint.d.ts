import type { Schema } from "apache-arrow";
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
export declare function schemaPayload(schema: Schema): SchemaPayload;
/** SHA-256, in hex, of the schema's canonical MessagePack payload. @throws PitotError as {@link schemaPayload} */
export declare function schemaFingerprint(schema: Schema): string;
