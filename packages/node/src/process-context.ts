import { createContextKey, ROOT_CONTEXT, trace, type Context, type ContextManager } from "@opentelemetry/api";

const DETACHED = createContextKey("pitot.detached");

/**
 * A context manager whose empty context is the process's run: what an application traces outside any context of its own belongs to
 * that run. Code that asks for the empty context (`context.with(ROOT_CONTEXT, …)`) still gets it.
 */
export class ProcessContextManager implements ContextManager {
  readonly #inner: ContextManager;
  readonly #processContext: () => Context;
  /** The empty context of `inner`'s copy of the API: that of `require` is another object than that of `import`. */
  readonly #empty: Context;

  /**
   * @param inner what carries contexts across async calls
   * @param processContext asked whenever no context is active; answers ROOT_CONTEXT where there is no run
   */
  constructor(inner: ContextManager, processContext: () => Context) {
    this.#inner = inner;
    this.#processContext = processContext;
    this.#empty = ROOT_CONTEXT;
    const active = inner.active();
    if (trace.getSpan(active) === undefined) this.#empty = active;
  }

  active(): Context {
    const active = this.#inner.active();
    return this.#isEmpty(active) ? this.#processContext() : active;
  }

  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    context: Context,
    fn: F,
    thisArg?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    const detached = this.#isEmpty(context) ? context.setValue(DETACHED, true) : context;
    return this.#inner.with(detached, fn, thisArg, ...args);
  }

  bind<T>(context: Context, target: T): T {
    return this.#inner.bind(context, target);
  }

  enable(): this {
    this.#inner.enable();
    return this;
  }

  disable(): this {
    this.#inner.disable();
    return this;
  }

  #isEmpty(context: Context): boolean {
    return context === ROOT_CONTEXT || context === this.#empty;
  }
}
