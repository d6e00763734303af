import {
  InstrumentationNodeModuleDefinition,
  type InstrumentationConfig,
} from "@opentelemetry/instrumentation";
import { observedDecode, observedEncode } from "./arrow-ipc.ts";
import { INSTRUMENTATION_VERSION } from "./instrumentation-version.ts";
import { PausableInstrumentation } from "./pausable-instrumentation.ts";
import { replaceExports } from "./replace-exports.ts";

type AnyFunction = (...args: unknown[]) => unknown;

/** Spans `arrow decode` and `arrow encode` for `tableFromIPC` and `tableToIPC` of flechette. */
export class FlechetteInstrumentation extends PausableInstrumentation {
  constructor(config: InstrumentationConfig = {}) {
    super("@pitot/instrumentation-flechette", INSTRUMENTATION_VERSION, config);
  }

  protected init(): InstrumentationNodeModuleDefinition {
    return new InstrumentationNodeModuleDefinition("@uwdata/flechette", [">=1.0.0"], (exports: object) =>
      this.patch(exports),
    );
  }

  /** The exports of flechette with reads and writes observed. */
  patch<T extends object>(exports: T): T {
    const { tableFromIPC, tableToIPC } = exports as Record<string, AnyFunction>;
    const tracer = () => (this.paused ? undefined : this.tracer);
    return replaceExports(exports, {
      ...(tableFromIPC === undefined ? {} : { tableFromIPC: observedDecode(tracer, tableFromIPC) }),
      ...(tableToIPC === undefined ? {} : { tableToIPC: observedEncode(tracer, tableToIPC) }),
    });
  }
}
