import { describe, expect, it } from "vitest";
import { PitotError } from "../src/index.ts";

const messageOf = (value: unknown): string =>
  new PitotError("INVALID_ARGUMENT", "No", { value, remedy: "Go." }).message;

describe("the message of a PitotError", () => {
  it.each([
    ['a\n"b"', String.raw`No: "a\n\"b\"". Go.`],
    [1n, "No: 1. Go."],
    [undefined, "No: undefined. Go."],
    [[1, 2], "No: 1,2. Go."],
    [[{ rows: 3 }], 'No: [{"rows":3}]. Go.'],
    [{ rows: 3 }, 'No: {"rows":3}. Go.'],
    [{ rows: 3n }, "No: [object Object]. Go."],
    [[Symbol("s")], "No: [object Array]. Go."],
    [Object.create(null), "No: [object Object]. Go."],
  ])("shows %o", (value, message) => {
    expect(messageOf(value)).toBe(message);
  });

  it("is bounded, whatever the value", () => {
    expect(messageOf("x".repeat(1e6)).length).toBeLessThan(140);
    expect(messageOf(Array.from({ length: 1e5 }, () => ({ a: 1 }))).length).toBeLessThan(140);
  });

  it("leaves the value out where none is given", () => {
    expect(new PitotError("IO", "No", { remedy: "Go." }).message).toBe("No. Go.");
  });
});
