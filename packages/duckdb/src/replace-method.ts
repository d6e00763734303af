/** A method of one object as it is now, to be called without the object. */
export function boundMethod<T extends object, K extends keyof T>(target: T, name: K): T[K] {
  return (target[name] as (...args: unknown[]) => unknown).bind(target) as T[K];
}

/** Sets a method on one object, hidden from enumeration as the class's own is. */
export function replaceMethod(target: object, name: string | symbol, value: unknown): void {
  Object.defineProperty(target, name, { value, configurable: true, writable: true, enumerable: false });
}
