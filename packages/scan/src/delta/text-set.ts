/**
 * A set of texts for a million of them: open addressing over integers, so that it costs the garbage collector nothing beside the texts, which are
 * there anyway.
 */
export class TextSet {
  readonly #texts: string[] = [];
  /** Place in `#texts`, one higher; 0 is free. */
  #slots = new Int32Array(1 << 10);

  /** False where it was there. */
  add(text: string): boolean {
    if (this.#texts.length * 2 >= this.#slots.length) this.#grow();
    const slot = this.#find(text);
    if (this.#slots[slot] !== 0) return false;
    this.#slots[slot] = this.#texts.push(text);
    return true;
  }

  has(text: string): boolean {
    return this.#slots[this.#find(text)] !== 0;
  }

  /** Where the text is, or would be. */
  #find(text: string): number {
    const mask = this.#slots.length - 1;
    let slot = hash(text) & mask;
    for (;;) {
      const place = this.#slots[slot]!;
      if (place === 0 || this.#texts[place - 1] === text) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #grow(): void {
    this.#slots = new Int32Array(this.#slots.length * 4);
    this.#texts.forEach((text, i) => {
      this.#slots[this.#find(text)] = i + 1;
    });
  }
}

/** FNV-1a over UTF-16 units, mixed at the end: paths differ in their last characters most. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  value ^= value >>> 15;
  return Math.imul(value, 0x2c1b3c6d) >>> 7;
}
