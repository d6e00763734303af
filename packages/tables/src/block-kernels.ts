import { MODULE } from "./block-kernels-module.ts";
import { plainKernels } from "./plain-kernels.ts";

/** Values that a scan copies at a time: 4 KiB, which the processor copies faster than any larger size. */
export const SCAN_VALUES = 512;

/** 64-bit values that the block has room for. */
export const BLOCK_VALUES = 4096;

// Addresses in the memory, after the block at 0.
const REGISTERS_AT = 8 * BLOCK_VALUES;
const OUT_AT = REGISTERS_AT + 8192;
const CONVERT_AT = OUT_AT + 1024;

/**
 * A block of values in a memory of its own, seen by type. A caller copies values to a view of the block and calls one of the {@link BlockLoops} at
 * once; nothing is kept between calls.
 */
export interface BlockViews {
  /** The block as doubles, int32 and int64. */
  readonly doubles: Float64Array;
  readonly int32s: Int32Array;
  readonly int64s: BigInt64Array;
  /** Registers of `distinct`. */
  readonly registers: Uint8Array;
  /** What a loop answers, by type. */
  readonly outDoubles: Float64Array;
  readonly outInt32s: Int32Array;
  readonly outInt64s: BigInt64Array;
  /** Values that `convert` makes doubles in their place: {@link SCAN_VALUES} apart from the block. */
  readonly convertInt64s: BigInt64Array;
  readonly convertDoubles: Float64Array;
}

/**
 * Loops over a block with 128-bit vectors (wasm/kernels.wat), for which JavaScript has no instructions. They take 2 to 32 values at a time, so
 * callers fill the block up.
 */
export interface BlockLoops {
  /** `outInt32s[k]` is not 0 where one of the 32 doubles from `32 * k` on is 0 or −0. `length`: a multiple of 32. */
  readonly zeros: (length: number) => void;
  /** `outInt32s[k]` is not 0 where one of the 32 int32 from `32 * k` on is followed by one more than it. `length`: a multiple of 32. */
  readonly steps: (length: number) => void;
  /** Lowers the first half of 8 `outInt32s` and raises the second. `length`: a multiple of 8. */
  readonly rangeOfInt32: (length: number) => void;
  /** Lowers the first half of 4 `outInt64s` and raises the second. `length`: a multiple of 4. */
  readonly rangeOfInt64: (length: number) => void;
  /** Lowers the first half of 4 `outDoubles` and raises the second; NaN does neither. `length`: a multiple of 4. */
  readonly rangeOfDoubles: (length: number) => void;
  /** Adds 64-bit values of the block to `registers`; as doubles, −0 is 0. `length`: a multiple of 4. */
  readonly distinct: (length: number, doubles: boolean) => void;
  /** Rounds `length` of `convertInt64s` to doubles. `length`: even. */
  readonly convert: (length: number) => void;
}

/** What {@link blockKernels} gives. */
export type BlockKernels = BlockViews & BlockLoops;

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  zeros(at: number, end: number, out: number): void;
  steps(at: number, end: number, out: number): void;
  rangeOfInt32(at: number, end: number, out: number): void;
  rangeOfInt64(at: number, end: number, out: number): void;
  rangeOfDoubles(at: number, end: number, out: number): void;
  toDoubles(at: number, end: number): void;
  distinct(at: number, end: number, registers: number, out: number, doubles: number): void;
}

/** What is used of the global `WebAssembly`, which types for Node 20 lack. */
interface Assembly {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

let loaded: BlockKernels | undefined;

/** The kernels of this thread, which are compiled at the first call (under 1 ms); a process without WebAssembly gets them in JavaScript. */
export function blockKernels(): BlockKernels {
  return (loaded ??= load());
}

function load(): BlockKernels {
  const assembly = (globalThis as { WebAssembly?: Assembly }).WebAssembly;
  if (assembly === undefined) {
    const views = viewsOf(new ArrayBuffer(CONVERT_AT + 8 * SCAN_VALUES));
    return { ...views, ...plainKernels(views) };
  }
  const module = new assembly.Module(Buffer.from(MODULE, "base64"));
  const kernels = new assembly.Instance(module).exports as Exports;
  return {
    ...viewsOf(kernels.memory.buffer),
    zeros: (length) => kernels.zeros(0, 8 * length, OUT_AT),
    steps: (length) => kernels.steps(0, 4 * length, OUT_AT),
    rangeOfInt32: (length) => kernels.rangeOfInt32(0, 4 * length, OUT_AT),
    rangeOfInt64: (length) => kernels.rangeOfInt64(0, 8 * length, OUT_AT),
    rangeOfDoubles: (length) => kernels.rangeOfDoubles(0, 8 * length, OUT_AT),
    distinct: (length, doubles) => kernels.distinct(0, 8 * length, REGISTERS_AT, OUT_AT, doubles ? 1 : 0),
    convert: (length) => kernels.toDoubles(CONVERT_AT, CONVERT_AT + 8 * length),
  };
}

function viewsOf(memory: ArrayBuffer): BlockViews {
  return {
    doubles: new Float64Array(memory, 0, BLOCK_VALUES),
    int32s: new Int32Array(memory, 0, 2 * BLOCK_VALUES),
    int64s: new BigInt64Array(memory, 0, BLOCK_VALUES),
    registers: new Uint8Array(memory, REGISTERS_AT, OUT_AT - REGISTERS_AT),
    outDoubles: new Float64Array(memory, OUT_AT, 4),
    outInt32s: new Int32Array(memory, OUT_AT, BLOCK_VALUES / 32),
    outInt64s: new BigInt64Array(memory, OUT_AT, 4),
    convertInt64s: new BigInt64Array(memory, CONVERT_AT, SCAN_VALUES),
    convertDoubles: new Float64Array(memory, CONVERT_AT, SCAN_VALUES),
  };
}
