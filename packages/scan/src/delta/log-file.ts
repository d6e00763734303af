import { PitotError } from "@pitot/core";
import { fileSource } from "../io/file-source.ts";

/**
 * Reads all of a file of the log: never a folder, a device, or a pipe that nobody writes to, which a name or a link may lead to.
 * @throws PitotError IO that names the file; its cause is the file system's error
 */
export async function readLogFile(path: string, signal?: AbortSignal): Promise<Buffer> {
  const { bytes } = await fileSource(path).suffix(Number.MAX_SAFE_INTEGER, signal);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The file system's error that a file is not there, where this is one or came of one. */
export function missingFile(error: unknown): NodeJS.ErrnoException | undefined {
  const own: unknown = error instanceof PitotError && error.code === "IO" ? error.cause : error;
  return (own as NodeJS.ErrnoException | undefined)?.code === "ENOENT"
    ? (own as NodeJS.ErrnoException)
    : undefined;
}
