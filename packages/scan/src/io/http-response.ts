/** `Content-Range` of a response: the bytes that it has, and the size of the whole where it is told. */
export interface ContentRange {
  readonly start: number;
  /** Not included. */
  readonly end: number;
  readonly size: number | undefined;
}

/** Reads `bytes 0-9/100`; undefined where it is no such range. */
export function contentRange(header: string | null): ContentRange | undefined {
  const parts = /^bytes (\d{1,16})-(\d{1,16})\/(\d{1,16}|\*)$/i.exec(header?.trim() ?? "");
  if (parts === null) return undefined;
  const range = { start: Number(parts[1]), end: Number(parts[2]) + 1 };
  return { ...range, size: parts[3] === "*" ? undefined : Number(parts[3]) };
}

/** Size told by a 416: `bytes *\/100`. */
export function sizeOfUnsatisfied(header: string | null): number | undefined {
  const parts = /^bytes \*\/(\d{1,16})$/i.exec(header?.trim() ?? "");
  return parts === null ? undefined : Number(parts[1]);
}

/** Told how many bytes came. */
export type OnProgress = (bytes: number) => void;

/**
 * What a body came to: `TOO_LONG` where it has more than `limit` bytes; the rest is then not read.
 *
 * @param onProgress - Called for each piece that comes, those of a body that breaks off included.
 */
export async function readBody(
  response: Response,
  limit: number,
  onProgress: OnProgress,
): Promise<Uint8Array | "TOO_LONG"> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = response.body?.getReader();
  if (reader === undefined) return new Uint8Array();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    onProgress(value.length);
    length += value.length;
    if (length > limit) {
      await reader.cancel().catch(() => undefined);
      return "TOO_LONG";
    }
    chunks.push(value);
  }
  if (chunks.length === 1) return chunks[0]!;
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** Lets the connection go without reading what is left. */
export async function discard(response: Response): Promise<void> {
  await response.body?.cancel().catch(() => undefined);
}
