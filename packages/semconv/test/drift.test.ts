import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { generate, readRegistry } from "../generate.js";

const groups = readRegistry();
const attributes = groups.filter((g) => g.type === "attribute_group").flatMap((g) => g.attributes);

describe("registry", () => {
  it.each(Object.entries(generate()))("%s is as the registry says", (path, text) => {
    expect(readFileSync(new URL(`../${path}`, import.meta.url), "utf8")).toBe(text);
  });

  it("defines each attribute and group once", () => {
    for (const ids of [attributes.map((a) => a.id), groups.map((g) => g.id)])
      expect(new Set(ids).size).toBe(ids.length);
  });

  it("refers only to attributes that it defines", () => {
    const known = new Set(attributes.map((a) => a.id));
    const refs = groups.flatMap((g) => (g.attributes ?? []).map((a: any) => a.ref).filter(Boolean));
    expect(refs.filter((ref) => !known.has(ref))).toEqual([]);
    expect(refs.length).toBeGreaterThan(40);
  });

  it("names each constant once", () => {
    const names = [
      ...readFileSync(new URL("../src/index.ts", import.meta.url), "utf8").matchAll(/^ {2}(\w+),$/gm),
    ].map((m) => m[1]);
    expect(new Set(names).size).toBe(names.length);
  });
});
