/** What looks on while a method of one object is called. It may not throw. */
export interface Tap {
  /** Before the call, with its arguments. */
  readonly before?: (args: readonly unknown[]) => void;
  /** After it, with what it returned. */
  readonly after?: (args: readonly unknown[], result: unknown) => void;
}

type Method = (this: unknown, ...args: unknown[]) => unknown;

/** A method that was replaced. */
interface Tapped {
  readonly taps: Set<Tap>;
  readonly restore: () => void;
}

const tapped = new WeakMap<object, Map<string, Tapped>>();

/**
 * Looks on at a method of one object until the returned function is called; then the object is as it was. However many look on, as
 * where many pipelines end in `process.stdout`, the method is replaced once.
 */
export function tapMethod(target: object, name: string, tap: Tap): () => void {
  let methods = tapped.get(target);
  if (methods === undefined) tapped.set(target, (methods = new Map<string, Tapped>()));
  let method = methods.get(name);
  if (method === undefined) methods.set(name, (method = replaceMethod(target, name, methods)));
  const { taps, restore } = method;
  taps.add(tap);
  return () => {
    if (taps.delete(tap) && taps.size === 0) restore();
  };
}

function replaceMethod(target: object, name: string, methods: Map<string, Tapped>): Tapped {
  const own = Object.getOwnPropertyDescriptor(target, name);
  const object = target as Record<string, Method>;
  const original = object[name]!;
  const taps = new Set<Tap>();
  const ours: Method = function (...args) {
    for (const tap of taps) tap.before?.(args);
    const result = original.apply(this, args);
    for (const tap of taps) tap.after?.(args, result);
    return result;
  };
  const define = (property: PropertyDescriptor): void => void Object.defineProperty(target, name, property);
  define({ value: ours, configurable: true, writable: true, enumerable: false });
  const restore = (): void => {
    // What somebody else has wrapped since then stays in place, and is used again.
    if (object[name] !== ours) return;
    methods.delete(name);
    if (own === undefined) delete object[name];
    else define(own);
  };
  return { taps, restore };
}
