import { createContextKey, ROOT_CONTEXT, type Context, type ContextManager } from "@opentelemetry/api";

const DETACHED = createContextKey("pitot.detached");

/**
 * A context manager whose empty context is the process's run: what an application traces outside any context of its own belongs to
 * that run. Code that asks for the empty context (`context.with(ROOT_CONTEXT, …)`) still gets it.
 */
export class ProcessContextManager implements ContextManager {
  readonly #inner: ContextManager;
  readonly #processContext: () => Context;

  /**
   * @param inner what carries contexts across async calls
   * @param processContext asked whenever no context is active; answers ROOT_CONTEXT where there is no run
   */
  constructor(inner: ContextManager, processContext: () => Context) {
    this.#inner = inner;
    this.#processContext = processContext;
  }

  active(): Context {
    const active = this.#inner.active();
    return active === ROOT_CONTEXT ? this.#processContext() : active;
  }

  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    context: Context,
    fn: F,
    thisArg?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    const detached = context === ROOT_CONTEXT ? context.setValue(DETACHED, true) : context;
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
}
