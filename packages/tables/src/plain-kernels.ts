import type { BlockLoops, BlockViews } from "./block-kernels.ts";
import { pairSalt, raiseRegister } from "./distinct-registers.ts";
import { hashPair } from "./hash.ts";

/** The loops of wasm/kernels.wat in JavaScript, for a process without WebAssembly (`--jitless`): the same answers. */
export function plainKernels(views: BlockViews): BlockLoops {
  const { doubles, int32s, int64s, registers, outDoubles, outInt32s, outInt64s } = views;
  return {
    zeros: (length) => {
      for (let from = 0; from < length; from += 32) {
        let found = 0;
        for (let i = from; i < from + 32; i++) if (doubles[i] === 0) found = 1;
        outInt32s[from >>> 5] = found;
      }
    },
    steps: (length) => {
      for (let from = 0; from < length; from += 32) {
        let found = 0;
        for (let i = from; i < from + 32; i++) if (((int32s[i + 1]! - int32s[i]!) | 0) === 1) found = 1;
        outInt32s[from >>> 5] = found;
      }
    },
    rangeOfInt32: (length) => {
      for (let i = 0; i < length; i++) {
        outInt32s[0] = Math.min(outInt32s[0]!, int32s[i]!);
        outInt32s[4] = Math.max(outInt32s[4]!, int32s[i]!);
      }
    },
    rangeOfInt64: (length) => {
      for (let i = 0; i < length; i++) {
        if (int64s[i]! < outInt64s[0]!) outInt64s[0] = int64s[i]!;
        if (int64s[i]! > outInt64s[2]!) outInt64s[2] = int64s[i]!;
      }
    },
    rangeOfDoubles: (length) => {
      for (let i = 0; i < length; i++) {
        if (doubles[i]! < outDoubles[0]!) outDoubles[0] = doubles[i]!;
        if (doubles[i]! > outDoubles[2]!) outDoubles[2] = doubles[i]!;
      }
    },
    distinct: (length, zeroIsOne) => {
      for (let i = 0; i < length; i++) {
        const isZero = zeroIsOne && doubles[i] === 0;
        const lo = isZero ? 0 : int32s[2 * i]!;
        const hi = isZero ? 0 : int32s[2 * i + 1]!;
        raiseRegister(registers, hashPair(lo, hi), pairSalt(lo, hi));
      }
    },
    convert: (length) => {
      for (let i = 0; i < length; i++) views.convertDoubles[i] = Number(views.convertInt64s[i]);
    },
  };
}
