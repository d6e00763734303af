import type { CheckpointAdds } from "./checkpoint-adds.ts";
import type { ExactObject, ExactValue } from "./exact-json.ts";
import { logError, type LogPlace } from "./log-error.ts";

/** Who may read and write a table. */
export interface Protocol {
  readonly minReaderVersion: number;
  readonly minWriterVersion: number;
  readonly readerFeatures: readonly string[] | undefined;
  readonly writerFeatures: readonly string[] | undefined;
}

/** What a table is. */
export interface TableMetadata {
  readonly id: string;
  readonly name: string | undefined;
  readonly schemaString: string;
  readonly partitionColumns: readonly string[];
  readonly configuration: Readonly<Record<string, string>>;
}

/** Where the deleted rows of a file are told. */
export interface DeletionVectorDescriptor {
  /** `i` inline, `u` relative by UUID, `p` absolute. */
  readonly storageType: string;
  readonly pathOrInlineDv: string;
  readonly offset: number | undefined;
  readonly sizeInBytes: number;
  readonly cardinality: number;
}

/** A file of the table. */
export interface AddFile {
  /** As the log has it: URI-encoded, relative to the table or absolute. */
  readonly path: string;
  readonly partitionValues: Readonly<Record<string, string | null>>;
  readonly size: number;
  /** JSON, as the log has it; or the same as an object, from a checkpoint that keeps no JSON. */
  readonly stats: string | ExactObject | undefined;
  readonly deletionVector: DeletionVectorDescriptor | undefined;
}

/** A file that is no longer of the table. */
export interface RemoveFile {
  readonly path: string;
  readonly deletionVector: DeletionVectorDescriptor | undefined;
}

/** The last write of an application. */
export interface Transaction {
  readonly appId: string;
  readonly version: bigint;
}

/** Gets the actions of a log one by one. */
export interface ActionVisitor {
  add(file: AddFile, place: LogPlace): void;
  /** The files of a checkpoint's row group. */
  adds(files: CheckpointAdds): void;
  remove(file: RemoveFile, place: LogPlace): void;
  protocol(protocol: Protocol, place: LogPlace): void;
  metadata(metadata: TableMetadata, place: LogPlace): void;
  transaction(transaction: Transaction): void;
  domain(name: string, configuration: string, removed: boolean): void;
  commitInfo(info: ExactObject): void;
}

/**
 * Hands one line of a commit to the visitor. Actions that this reader does not know are passed over, as the protocol asks.
 * @throws PitotError INVALID_DATA where a field that the protocol requires is missing or of another type
 */
export function visitAction(line: ExactValue, place: LogPlace, visitor: ActionVisitor): void {
  if (!isObject(line)) throw logError(place, "each line must be one JSON object");
  const { add, remove, protocol, metaData, txn, domainMetadata, commitInfo } = line;
  if (isObject(add)) visitor.add(addFile(add, place), place);
  else if (isObject(remove)) visitor.remove(removeFile(remove, place), place);
  else if (isObject(commitInfo)) visitor.commitInfo(commitInfo);
  else if (isObject(metaData)) visitor.metadata(tableMetadata(metaData, place), place);
  else if (isObject(protocol)) visitor.protocol(readProtocol(protocol, place), place);
  else if (isObject(txn)) visitor.transaction(transaction(txn, place));
  else if (isObject(domainMetadata))
    visitor.domain(
      text(domainMetadata.domain, "domainMetadata.domain", place),
      typeof domainMetadata.configuration === "string" ? domainMetadata.configuration : "",
      domainMetadata.removed === true,
    );
}

/** What makes a file of the log the same file: its path as one URI spelling, and its deletion vector. */
export function fileKey({ path, deletionVector }: RemoveFile): string {
  const canonical = canonicalPath(path);
  if (deletionVector === undefined) return canonical;
  const { storageType, pathOrInlineDv, offset } = deletionVector;
  return `${canonical}\u0000${storageType}${pathOrInlineDv}${offset === undefined ? "" : `@${offset}`}`;
}

/** `file:/a`, `file:///a` and `/a` are one file; escapes are taken out. */
function canonicalPath(path: string): string {
  const local = path.startsWith("file:") ? path.replace(/^file:(?:\/\/)?(?=\/)/, "") : path;
  if (!local.includes("%")) return local;
  try {
    return decodeURIComponent(local);
  } catch {
    return local;
  }
}

function isObject(value: ExactValue | undefined): value is ExactObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function addFile(add: ExactObject, place: LogPlace): AddFile {
  return {
    path: text(add.path, "add.path", place),
    partitionValues: textMap(add.partitionValues, "add.partitionValues", place),
    size: wholeNumber(add.size, "add.size", place),
    stats: typeof add.stats === "string" && add.stats !== "" ? add.stats : parsedStats(add.stats_parsed),
    deletionVector: descriptorOf(add.deletionVector, place),
  };
}

function parsedStats(value: ExactValue | undefined): ExactObject | undefined {
  return isObject(value) ? value : undefined;
}

function removeFile(remove: ExactObject, place: LogPlace): RemoveFile {
  return {
    path: text(remove.path, "remove.path", place),
    deletionVector: descriptorOf(remove.deletionVector, place),
  };
}

/** The deletion vector of a file, if it has one. */
export function descriptorOf(
  value: ExactValue | undefined,
  place: LogPlace,
): DeletionVectorDescriptor | undefined {
  if (!isObject(value)) return undefined;
  return {
    storageType: text(value.storageType, "deletionVector.storageType", place),
    pathOrInlineDv: text(value.pathOrInlineDv, "deletionVector.pathOrInlineDv", place),
    offset: value.offset == null ? undefined : wholeNumber(value.offset, "deletionVector.offset", place),
    sizeInBytes: wholeNumber(value.sizeInBytes, "deletionVector.sizeInBytes", place),
    cardinality: wholeNumber(value.cardinality, "deletionVector.cardinality", place),
  };
}

function tableMetadata(value: ExactObject, place: LogPlace): TableMetadata {
  const format = value.format;
  if (isObject(format) && typeof format.provider === "string" && format.provider !== "parquet")
    throw logError(place, "metaData.format.provider must be parquet", format.provider);
  return {
    id: text(value.id, "metaData.id", place),
    name: typeof value.name === "string" ? value.name : undefined,
    schemaString: text(value.schemaString, "metaData.schemaString", place),
    partitionColumns: texts(value.partitionColumns, "metaData.partitionColumns", place) ?? [],
    configuration: Object.fromEntries(
      Object.entries(textMap(value.configuration, "metaData.configuration", place)).flatMap(
        ([key, setting]) => (setting === null ? [] : [[key, setting]]),
      ),
    ),
  };
}

function readProtocol(value: ExactObject, place: LogPlace): Protocol {
  return {
    minReaderVersion: wholeNumber(value.minReaderVersion, "protocol.minReaderVersion", place),
    minWriterVersion: wholeNumber(value.minWriterVersion, "protocol.minWriterVersion", place),
    readerFeatures: texts(value.readerFeatures, "protocol.readerFeatures", place),
    writerFeatures: texts(value.writerFeatures, "protocol.writerFeatures", place),
  };
}

function transaction(value: ExactObject, place: LogPlace): Transaction {
  const { version } = value;
  if (typeof version !== "bigint" && !Number.isSafeInteger(version))
    throw logError(place, "txn.version must be a whole number", version);
  return { appId: text(value.appId, "txn.appId", place), version: BigInt(version as number | bigint) };
}

function text(value: ExactValue | undefined, name: string, place: LogPlace): string {
  if (typeof value !== "string") throw logError(place, `${name} must be text`, value);
  return value;
}

/** A count or size: never beyond 2^53, which no file is. */
export function wholeNumber(value: ExactValue | undefined, name: string, place: LogPlace): number {
  const number = typeof value === "bigint" ? Number(value) : value;
  if (typeof number !== "number" || !Number.isSafeInteger(number) || number < 0)
    throw logError(place, `${name} must be a whole number of 0 to 2^53`, value);
  return number;
}

function texts(value: ExactValue | undefined, name: string, place: LogPlace): string[] | undefined {
  if (value == null) return undefined;
  if (!Array.isArray(value)) throw logError(place, `${name} must be a list of texts`, value);
  return (value as ExactValue[]).map((item) => text(item, name, place));
}

/** A map of texts, checked. */
function textMap(
  value: ExactValue | undefined,
  name: string,
  place: LogPlace,
): Readonly<Record<string, string | null>> {
  if (value == null) return {};
  if (!isObject(value)) throw logError(place, `${name} must be a map of texts`, value);
  for (const key in value) {
    const item = value[key];
    if (item != null && typeof item !== "string")
      throw logError(place, `${name} must be a map of texts`, item);
  }
  return value as Readonly<Record<string, string | null>>;
}
