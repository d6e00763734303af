import { InstrumentationBase, type InstrumentationConfig } from "@opentelemetry/instrumentation";
import { INSTRUMENTATION_VERSION } from "./instrumentation-version.ts";
import { leaveStreams, observeStreams } from "./observe-streams.ts";

/**
 * Stage spans for `pipeline` of `node:stream` and `node:stream/promises` inside a run: rows, bytes and back-pressure of each stage.
 * Stages are named by their place and class.
 */
export class NodeStreamInstrumentation extends InstrumentationBase {
  constructor(config: InstrumentationConfig = {}) {
    super("@pitot/instrumentation-stream", INSTRUMENTATION_VERSION, config);
  }

  protected init(): void {}

  override enable(): void {
    observeStreams();
  }

  override disable(): void {
    leaveStreams();
  }
}
