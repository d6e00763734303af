/** Numbers for choices that must look random and be the same on every machine: xorshift32 of Marsaglia ("Xorshift RNGs", 2003), of fixed seed. */
export class Xorshift32 {
  state: number = 0x9e3779b9 | 0;

  /** From 1 to 2^32 - 1. */
  next(): number {
    let x = this.state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.state = x;
    return x >>> 0;
  }
}
