import { InstrumentationBase, type InstrumentationConfig } from "@opentelemetry/instrumentation";

/** Instances that were disabled. Not a field: the base class enables in its constructor, before fields are there. */
const paused = new WeakSet<object>();

/** An instrumentation of exports that applications hold on to: once disabled, what it has replaced does what the original does. */
export abstract class PausableInstrumentation<
  Config extends InstrumentationConfig = InstrumentationConfig,
> extends InstrumentationBase<Config> {
  override enable(): void {
    paused.delete(this);
    super.enable();
  }

  override disable(): void {
    paused.add(this);
    super.disable();
  }

  /** True between `disable` and `enable`. */
  protected get paused(): boolean {
    return paused.has(this);
  }
}
