import { crc32 } from "node:zlib";
import { PitotError } from "@pitot/core";
import type { DeletedRows } from "../dataset/fragment-source.ts";
import { fileSource } from "../io/file-source.ts";
import type { DeletionVectorDescriptor } from "./log-actions.ts";
import { RoaringBitmapArray } from "./roaring-bitmap-array.ts";
import { resolveTablePath } from "./table-path.ts";
import { decodeZ85 } from "./z85.ts";

/** Characters of a UUID in Z85. */
const UUID_LENGTH = 20;

/**
 * Reads the rows that a deletion vector deletes.
 *
 * @param file whose rows they are, for errors
 * @param rows of the file, where the log tells them: no ordinal may be beyond
 * @throws PitotError INVALID_DATA where size, checksum, format or cardinality differ from what the log says, IO where its file is not there
 */
export async function readDeletionVector(
  root: string,
  descriptor: DeletionVectorDescriptor,
  allowed: readonly string[],
  file: string,
  rows?: number,
): Promise<DeletedRows> {
  const { storageType, pathOrInlineDv, sizeInBytes, cardinality } = descriptor;
  let where = "inline";
  try {
    let bytes: Uint8Array;
    if (storageType === "i") {
      const decoded = decodeZ85(pathOrInlineDv);
      // Z85 is padded to four bytes.
      if (decoded.length < sizeInBytes || decoded.length > sizeInBytes + 3)
        throw new RangeError(`it has ${decoded.length} bytes and the log says ${sizeInBytes}`);
      bytes = decoded.subarray(0, sizeInBytes);
    } else {
      where = deletionVectorFile(root, descriptor, allowed);
      bytes = await readStored(where, descriptor);
    }
    const bitmap = RoaringBitmapArray.parse(bytes);
    if (bitmap.count !== cardinality)
      throw new RangeError(`it deletes ${bitmap.count} rows and the log says ${cardinality}`);
    if (rows !== undefined && bitmap.end > rows)
      throw new RangeError(`it deletes row ${bitmap.end - 1} of a file of ${rows} rows`);
    return bitmap;
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new PitotError("INVALID_DATA", `The deletion vector of ${file} is broken: ${cause.message}`, {
      value: where,
      remedy: "Restore it from its writer, or read an earlier version of the table.",
      cause,
    });
  }
}

/**
 * Path of the file that holds a stored deletion vector.
 * @throws PitotError INVALID_DATA where the path leads out of the table; RangeError where the descriptor is broken
 */
export function deletionVectorFile(
  root: string,
  { storageType, pathOrInlineDv }: DeletionVectorDescriptor,
  allowed: readonly string[],
): string {
  if (storageType === "p") return resolveTablePath(root, pathOrInlineDv, allowed);
  if (storageType !== "u") throw new RangeError(`its storage type ${JSON.stringify(storageType)} is unknown`);
  const prefix = pathOrInlineDv.slice(0, -UUID_LENGTH);
  const hex = Buffer.from(decodeZ85(pathOrInlineDv.slice(-UUID_LENGTH))).toString("hex");
  if (hex.length !== 32) throw new RangeError("its UUID does not have 20 characters");
  const uuid = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  const name = `deletion_vector_${uuid}.bin`;
  return resolveTablePath(root, prefix === "" ? name : `${encodeURIComponent(prefix)}/${name}`, allowed);
}

/** A stored vector: size, bytes, checksum; integers around it are big-endian. */
async function readStored(
  path: string,
  { offset = 0, sizeInBytes }: DeletionVectorDescriptor,
): Promise<Uint8Array> {
  const source = fileSource(path);
  try {
    const { byteLength } = await source.suffix(1);
    const end = offset + sizeInBytes + 8;
    if (end > byteLength) throw new RangeError(`it ends at byte ${end} of a file of ${byteLength} bytes`);
    const [format] = await source.slice(0, 1);
    if (format !== 1) throw new RangeError(`its file has format version ${format}, and 1 is known`);
    const { buffer } = await source.slice(offset, end);
    const bytes = Buffer.from(buffer);
    const stored = bytes.readInt32BE(0);
    if (stored !== sizeInBytes)
      throw new RangeError(`it has ${stored} bytes and the log says ${sizeInBytes}`);
    const data = bytes.subarray(4, 4 + sizeInBytes);
    if (crc32(data) !== bytes.readUInt32BE(4 + sizeInBytes))
      throw new RangeError("its checksum is not that of its bytes");
    return data;
  } catch (cause) {
    if (!(cause instanceof PitotError)) throw cause;
    throw new PitotError("IO", "The file of a deletion vector cannot be read", {
      value: path,
      remedy: "Restore it, or read a later version: vacuum removes the files of old ones.",
      cause,
    });
  }
}
