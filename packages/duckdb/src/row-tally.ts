import type { Attributes } from "@opentelemetry/api";
import { ATTR_QUERY_COMPLETE } from "@pitot/semconv";
import type { StatementSpan } from "./statement-span.ts";

/**
 * The rows of a statement that goes on after its call, and its end. It never knows the result or appender that it counts for: what
 * waits for one to be collected must not hold it.
 */
export class RowTally {
  readonly #statement: StatementSpan;
  readonly #attribute: string;
  rows = 0;
  /** Ends the statement as one that nobody brought to its end. */
  readonly abandon: () => void = () => this.end({ [ATTR_QUERY_COMPLETE]: false });

  /** @param attribute that tells the rows */
  constructor(statement: StatementSpan, attribute: string) {
    this.#statement = statement;
    this.#attribute = attribute;
  }

  end(attributes: Attributes): void {
    this.#statement.end({ [this.#attribute]: this.rows, ...attributes });
  }
}
