/** How a field of a message is read: a scalar, or another message. */
type FieldKind =
  | "string"
  | "bytes"
  | "hex"
  | "bool"
  | "int"
  | "int64"
  | "fixed32"
  | "fixed64"
  | "sfixed64"
  | "double"
  | "packedFixed64"
  | "packedDouble"
  | (() => MessageShape);

/** The fields of a message by number; `*` after the name where it is repeated. */
export type MessageShape = Readonly<Record<number, readonly [name: string, kind: FieldKind]>>;

/**
 * Decodes a protobuf message into an object as its JSON encoding has it: 64-bit integers as text. Fields that the shape does not name are
 * skipped, as the format demands.
 *
 * Source: https://protobuf.dev/programming-guides/encoding/
 * @throws RangeError where the bytes end inside a field
 */
export function decodeMessage(bytes: Uint8Array, shape: MessageShape): Record<string, unknown> {
  const message: Record<string, unknown> = {};
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = view.getUint8(at++);
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return BigInt.asUintN(64, value);
    }
  };
  const take = (length: number): Uint8Array => {
    if (at + length > bytes.length) throw new RangeError("the message ends inside a field");
    return bytes.subarray(at, (at += length));
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const field = shape[tag >> 3];
    const wire = tag & 7;
    const raw =
      wire === 0
        ? varint()
        : take(wire === 1 ? 8 : wire === 5 ? 4 : wire === 2 ? Number(varint()) : Number.NaN);
    if (field === undefined) continue;
    const [name, kind] = field;
    const value = scalar(raw, kind);
    if (!name.endsWith("*")) message[name] = value;
    else {
      const key = name.slice(0, -1);
      const list = (message[key] ??= []) as unknown[];
      if (kind === "packedFixed64" || kind === "packedDouble") list.push(...(value as unknown[]));
      else list.push(value);
    }
  }
  return message;
}

function scalar(raw: bigint | Uint8Array, kind: FieldKind): unknown {
  if (typeof kind === "function") return decodeMessage(raw as Uint8Array, kind());
  if (typeof raw === "bigint")
    switch (kind) {
      case "bool":
        return raw !== 0n;
      case "int64":
        return String(BigInt.asIntN(64, raw));
      default:
        return Number(BigInt.asIntN(32, raw));
    }
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const every8 = <T>(read: (offset: number) => T): T[] =>
    Array.from({ length: raw.length / 8 }, (_, i) => read(8 * i));
  switch (kind) {
    case "string":
      return Buffer.from(raw).toString("utf8");
    case "hex":
      return Buffer.from(raw).toString("hex");
    case "bytes":
      return Buffer.from(raw).toString("base64");
    case "fixed32":
      return view.getUint32(0, true);
    case "fixed64":
      return String(view.getBigUint64(0, true));
    case "sfixed64":
      return String(view.getBigInt64(0, true));
    case "double":
      return view.getFloat64(0, true);
    case "packedFixed64":
      return every8((offset) => String(view.getBigUint64(offset, true)));
    case "packedDouble":
      return every8((offset) => view.getFloat64(offset, true));
    default:
      throw new RangeError(`a field of kind ${kind} has a length`);
  }
}
