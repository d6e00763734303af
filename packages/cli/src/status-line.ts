import type { WriteStream } from "node:tty";
import { fitLines } from "./fit-lines.ts";

/**
 * A line at the bottom of a terminal that a child process writes to as well: the rows above it become the scrolling region, so that the
 * child's output and ours never mix, and the child still has the terminal to itself.
 */
export class StatusLine {
  readonly #terminal: WriteStream;
  readonly #onResize = (): void => this.#reserve();
  #text = "";

  constructor(terminal: WriteStream) {
    this.#terminal = terminal;
    // Makes room, should the cursor be on the last row.
    terminal.write("\n\u001B[1A");
    this.#reserve();
    terminal.on("resize", this.#onResize);
  }

  show(text: string): void {
    this.#text = text;
    const { rows } = this.#terminal;
    this.#terminal.write(`\u001B7\u001B[${rows};1H\u001B[2K${fitLines(text, this.#terminal)}\u001B8`);
  }

  close(): void {
    this.#terminal.off("resize", this.#onResize);
    const { rows } = this.#terminal;
    this.#terminal.write(`\u001B7\u001B[r\u001B[${rows};1H\u001B[2K\u001B8`);
  }

  #reserve(): void {
    this.#terminal.write(`\u001B7\u001B[1;${Math.max(1, this.#terminal.rows - 1)}r\u001B8`);
    if (this.#text !== "") this.show(this.#text);
  }
}
