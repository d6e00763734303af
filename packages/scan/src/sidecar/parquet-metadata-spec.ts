import { basename, relative, resolve, sep } from "node:path";
import { PitotError } from "@pitot/core";
import { typeString } from "@pitot/tables";
import type { DataType, Schema } from "apache-arrow";
import { arrowSchema } from "../parquet/arrow-schema.ts";
import { leafColumns } from "../parquet/leaf-column.ts";
import type { FileMetadata } from "../parquet/file-metadata.ts";
import { footerFileEnd, type FooterMetadata } from "../parquet/write-footer.ts";
import { parquetSchema } from "./parquet-schema.ts";
import { writeAtomically } from "./write-atomically.ts";
import { requireOption } from "../require-option.ts";

/** The footer of a file and where the file lies. */
export interface CollectedMetadata {
  readonly location: string;
  readonly metadata: FileMetadata;
}

/** Where a sidecar goes. */
export interface SidecarOptions {
  readonly filename?: string;
}

const MAGIC = Uint8Array.of(0x50, 0x41, 0x52, 0x31);

/**
 * What the sidecar files of a folder say: its schema, and its files' row groups.
 *
 * DuckDB's `folder/*` takes sidecars for data; `folder/*.parquet` does not.
 */
export class ParquetMetadataSpec {
  readonly schema: Schema;
  readonly fileMetadata: readonly CollectedMetadata[];

  /** @throws PitotError INVALID_DATA where a file's columns are not the schema's, naming the first difference */
  constructor(schema: Schema, fileMetadata: readonly CollectedMetadata[] = []) {
    this.schema = schema;
    this.fileMetadata = fileMetadata;
    const [first] = fileMetadata;
    for (const other of fileMetadata.slice(1)) requireSameColumns(first!, other);
  }

  /**
   * Writes the schema without row groups: `_common_metadata`. Temporary file, fsync, rename.
   * @returns the path
   * @throws PitotError UNSUPPORTED where there are no files and Parquet has no such type
   */
  async writeCommonMetadata(
    baseDir: string,
    { filename = "_common_metadata" }: SidecarOptions = {},
  ): Promise<string> {
    const [first] = this.fileMetadata;
    const base = first?.metadata ?? { version: 2, schema: parquetSchema(this.schema), createdBy: "pitot" };
    return await write(baseDir, filename, { ...base, numRows: 0, rowGroups: [] });
  }

  /**
   * Writes the row groups of all files: `_metadata`. Paths are relative to it, with forward slashes.
   * @returns the path; null, and nothing written, where there are no files
   * @throws PitotError INVALID_ARGUMENT for a file that does not lie below `baseDir`, UNSUPPORTED for signed and encrypted footers
   */
  async writeMetadata(
    baseDir: string,
    { filename = "_metadata" }: SidecarOptions = {},
  ): Promise<string | null> {
    const [first] = this.fileMetadata;
    if (first === undefined) return null;
    const rowGroups: FooterMetadata["rowGroups"][number][] = [];
    let numRows = 0;
    for (const { location, metadata } of this.fileMetadata) {
      if (metadata.encryptionAlgorithm !== undefined)
        throw new PitotError("UNSUPPORTED", "The footer of a file is signed, or columns are encrypted", {
          value: location,
          remedy: "Leave the file out of the sidecar",
        });
      const place = { filePath: relativePath(baseDir, location) };
      numRows += metadata.numRows;
      for (const { ordinal, ...group } of metadata.rowGroups)
        rowGroups.push({
          ...group,
          place,
          // 16 bits; readers do without.
          ...(ordinal !== undefined && rowGroups.length <= 0x7fff && { ordinal: rowGroups.length }),
        });
    }
    return await write(baseDir, filename, { ...first.metadata, numRows, rowGroups });
  }
}

async function write(baseDir: string, filename: string, metadata: FooterMetadata): Promise<string> {
  // Elsewhere the relative paths of the files would lead to nothing.
  const isName =
    typeof filename === "string" && !["", ".", ".."].includes(filename) && basename(filename) === filename;
  requireOption("filename", filename, isName, "a name without folders");
  return await writeAtomically(resolve(baseDir, filename), Buffer.concat([MAGIC, footerFileEnd(metadata)]));
}

function relativePath(baseDir: string, location: string): string {
  const path = relative(resolve(baseDir), resolve(location));
  if (/^\.\.(?:[\\/]|$)/.test(path) || /^[a-z]+:\/\//i.test(location))
    throw new PitotError("INVALID_ARGUMENT", `A file does not lie below ${baseDir}`, {
      value: location,
      remedy: "Write the sidecar into a folder above all of its files",
    });
  return path.split(sep).join("/");
}

function requireSameColumns(first: CollectedMetadata, other: CollectedMetadata): void {
  const [ours, theirs] = [first.metadata, other.metadata];
  const difference =
    firstDifference(arrowColumns(ours), arrowColumns(theirs)) ??
    firstDifference(storedColumns(ours), storedColumns(theirs));
  if (difference === undefined) return;
  const [own, value] = difference;
  throw new PitotError(
    "INVALID_DATA",
    `The files of a sidecar must have one schema; ${first.location} has ${own} where ${other.location} has`,
    { value, remedy: "Write the files with one schema, or leave one of them out" },
  );
}

function firstDifference(
  ours: readonly string[],
  theirs: readonly string[],
): [own: string, other: string] | undefined {
  for (let i = 0; i < Math.max(ours.length, theirs.length); i++)
    if (ours[i] !== theirs[i]) return [ours[i] ?? "no column", theirs[i] ?? "no column"];
  return undefined;
}

function arrowColumns(metadata: FileMetadata): string[] {
  return arrowSchema(metadata).fields.map(
    ({ name, type, nullable }) => `${name}: ${typeString(type as DataType)}${nullable ? "" : " not null"}`,
  );
}

/** A sidecar has one schema, by which readers take all files' bytes: a decimal in 4 bytes would be read as another number out of 16. */
function storedColumns(metadata: FileMetadata): string[] {
  return leafColumns(metadata).map(
    ({ path, element, type }) =>
      `${path}: ${typeString(type)} stored as ${element.type}${element.typeLength === undefined ? "" : `(${element.typeLength})`}`,
  );
}
