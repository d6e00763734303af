import { describeStatement } from "@pitot/duckdb";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { splitStatements, statementTokens } from "../src/statement-tokens.ts";

describe("a statement's text", () => {
  it.each([
    ["SELECT 'it''s' , 1.5e-3, .5, 0xFF, 1_000, x'ab'", "SELECT ?, ?, ?, ?, ?, ?"],
    ["SELECT e'a\\'b', $$dollar 'q'$$, $t$a $$ b$t$", "SELECT ?, ?, ?"],
    [
      'SELECT "it\'s"."a""b" -- \'gone\'\n FROM t /* /* nested */ \'gone\' */ WHERE a=-1',
      'SELECT "it\'s"."a""b" FROM t WHERE a=-?',
    ],
    ["SELECT * FROM t WHERE a IN (1, 2,\n3) AND b IN ('x')", "SELECT * FROM t WHERE a IN (?) AND b IN (?)"],
    ["SELECT f(1, 2), t1.c2, col_3, $1, $name, ?, ?2", "SELECT f(?, ?), t1.c2, col_3, $1, $name, ?, ?2"],
    ["SELECT NULL, true, Müller.größe", "SELECT NULL, true, Müller.größe"],
    ["SELECT 'never closed", "SELECT ?"],
    [
      "CREATE SECRET s (TYPE s3, KEY_ID 'AKIA', SECRET 'xyz')",
      "CREATE SECRET s (TYPE s3, KEY_ID ?, SECRET ?)",
    ],
    ["", ""],
  ])("of %j", (sql, text) => expect(describeStatement(sql).text.replace(/ ,/g, ",")).toBe(text));

  it("is bounded, on a character boundary", () => {
    const wide = `SELECT ${Array.from({ length: 5000 }, () => '"😀"').join(",")}`;
    const { text } = describeStatement(wide);
    expect(text.length).toBeLessThanOrEqual(4096);
    expect(text).not.toMatch(/[\ud800-\udbff]$/);
  });

  it("takes ten megabytes of values in no time", () => {
    const sql = `INSERT INTO t VALUES ${Array.from({ length: 500_000 }, (_, i) => `(${i}, 'secret')`).join(", ")}`;
    const started = process.cpuUsage();
    const { summary, text } = describeStatement(sql);
    expect(process.cpuUsage(started).user / 1000).toBeLessThan(2000);
    expect(summary).toBe("INSERT t");
    expect(text).not.toContain("secret");
  });

  it("never holds a string, and never throws", () => {
    const piece = fc.oneof(
      fc.constantFrom(
        "SELECT ",
        "(",
        ")",
        ",",
        ";",
        "--\n",
        "/*",
        "*/",
        '"a"',
        "FROM ",
        "$1",
        "e",
        "IN (",
        ".",
      ),
      fc.string().map((text) => `'zq${text.replaceAll("'", "''")}'`),
      fc.string({ unit: "grapheme" }),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const sql = pieces.join("");
        const tokens = statementTokens(sql);
        expect(tokens.every(({ start, end }, i) => end > start && start >= (tokens[i - 1]?.end ?? 0))).toBe(
          true,
        );
        describeStatement(sql);
      }),
    );
    fc.assert(
      fc.property(fc.string(), (text) => {
        const { text: shown } = describeStatement(`SELECT 'zq${text.replaceAll("'", "''")}' FROM t`);
        expect(shown).toBe("SELECT ? FROM t");
      }),
    );
  });
});

describe("a statement's summary", () => {
  it.each([
    ["select * from a join b.c on true", "SELECT a b.c"],
    ["WITH x AS (SELECT 1 FROM src), y AS MATERIALIZED (FROM x) SELECT * FROM y", "SELECT src"],
    ["WITH x AS (SELECT 1) INSERT INTO t FROM x", "INSERT t"],
    ["FROM t SELECT a", "SELECT t"],
    ["(SELECT 1)", "SELECT"],
    ["SELECT extract(year FROM d), trim(BOTH FROM s) FROM t WHERE a IS DISTINCT FROM b", "SELECT t"],
    ['CREATE OR REPLACE TEMP TABLE IF NOT EXISTS "a b" AS FROM s', "CREATE TABLE a b s"],
    ["CREATE VIEW v AS SELECT 1", "CREATE VIEW v"],
    ["UPDATE t SET a = 1", "UPDATE t"],
    ["INSERT INTO t VALUES (1) ON CONFLICT DO UPDATE SET a = 2", "INSERT t"],
    ["DELETE FROM t USING u", "DELETE t"],
    ["DROP TABLE IF EXISTS t", "DROP TABLE t"],
    ["ALTER TABLE t ADD COLUMN a INT", "ALTER TABLE t"],
    ["COPY t TO 'x.parquet'", "COPY t"],
    ["COPY (SELECT * FROM t) TO 'x'", "COPY t"],
    ["SELECT * FROM 'secret/path.parquet'", "SELECT"],
    ["SELECT * FROM read_parquet('x')", "SELECT read_parquet"],
    ["PRAGMA version", "PRAGMA"],
    ["BEGIN TRANSACTION", "BEGIN"],
    ["SELECT 1; SELECT 2 FROM t;", "SELECT; SELECT t"],
    ["-- nothing", "QUERY"],
  ])("of %j", (sql, summary) => expect(describeStatement(sql).summary).toBe(summary));

  it("names batches", () => {
    expect(describeStatement("INSERT INTO a FROM b; INSERT INTO c FROM d")).toMatchObject({
      operation: "BATCH INSERT",
      statements: 2,
      collection: undefined,
    });
    expect(describeStatement("BEGIN; COMMIT").operation).toBe("BATCH");
  });

  it("ends at a word within 255 characters", () => {
    const { summary } = describeStatement(
      `SELECT * FROM ${Array.from({ length: 60 }, (_, i) => `table_${i}`).join(" JOIN ")}`,
    );
    expect(summary.length).toBeLessThanOrEqual(255);
    expect(summary).toMatch(/^SELECT( table_\d+)+$/);
  });
});

describe("a text of statements", () => {
  it("is split at its semicolons alone", () => {
    expect(splitStatements("SELECT ';'; /* ; */ SELECT \";\" -- ;\n; ; SELECT $$;$$")).toEqual([
      "SELECT ';'",
      'SELECT ";"',
      "SELECT $$;$$",
    ]);
    expect(splitStatements(" -- nothing")).toEqual([]);
  });
});
