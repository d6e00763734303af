/**
 * A list whose items are made when they are looked at, each once. A plan leaves out a million files by a loop over numbers: an object for each
 * would take longer than the plan.
 */
export function lazyList<T>(length: number, make: (place: number) => T): readonly T[] {
  // Its own length is set when all items are made: room for a million takes milliseconds.
  const made: T[] = [];
  const fill = (key: string | symbol): void => {
    if (typeof key === "symbol" || key === "length") return;
    const place = Number(key);
    if (place >= 0 && place < length && Number.isInteger(place) && !Object.hasOwn(made, place))
      made[place] = make(place);
  };
  return new Proxy(made, {
    get: (list, key) => {
      if (key === "length") return length;
      fill(key);
      return Reflect.get(list, key) as unknown;
    },
    has: (list, key) => {
      fill(key);
      return Reflect.has(list, key);
    },
    getOwnPropertyDescriptor: (list, key) => {
      if (key === "length") list.length = length;
      fill(key);
      return Reflect.getOwnPropertyDescriptor(list, key);
    },
    ownKeys: (list) => {
      for (let place = 0; place < length; place++) fill(String(place));
      list.length = length;
      return Reflect.ownKeys(list);
    },
  });
}
