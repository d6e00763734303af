import { InstrumentationBase, type InstrumentationConfig } from "@opentelemetry/instrumentation";
import { INSTRUMENTATION_VERSION } from "./instrumentation-version.ts";
import { leaveFs, observeFs } from "./observe-fs.ts";

/**
 * Notes Parquet and Arrow files that are read and written through `node:fs` as inputs and outputs of the active run. Other files
 * cost one look at their name.
 */
export class FsDatasetsInstrumentation extends InstrumentationBase {
  constructor(config: InstrumentationConfig = {}) {
    super("@pitot/instrumentation-fs", INSTRUMENTATION_VERSION, config);
  }

  protected init(): void {}

  override enable(): void {
    observeFs();
  }

  override disable(): void {
    leaveFs();
  }
}
