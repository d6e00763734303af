import { Field, Map_, Struct } from "apache-arrow";

/** A map whose entries, keys and values keep their names; apache-arrow's constructor renames the fields that it is given. */
export function namedMap(name: string, keyAndValue: readonly Field[], keysSorted: boolean): Map_ {
  const entries = new Struct(keyAndValue.map((field) => field.clone()));
  const map = new Map_(new Field(name, entries, false) as never, keysSorted);
  map.children[0] = new Field(name, new Struct([...keyAndValue]), false) as never;
  return map;
}
