import {
  InstrumentationNodeModuleDefinition,
  type InstrumentationConfig,
} from "@opentelemetry/instrumentation";
import { observeDuckDB, type DuckDBConnectionLike, type ObserveDuckDBOptions } from "@pitot/duckdb";
import { INSTRUMENTATION_VERSION } from "./instrumentation-version.ts";
import { PausableInstrumentation } from "./pausable-instrumentation.ts";

/** How statements are observed, beside what every instrumentation has. */
export type DuckDBInstrumentationConfig = InstrumentationConfig & ObserveDuckDBOptions;

interface InstanceClass {
  readonly prototype: { connect: () => Promise<DuckDBConnectionLike> };
}

const PATCHED = Symbol.for("pitot.duckdb");

/**
 * A span per DuckDB statement: `observeDuckDB` for every connection that `@duckdb/node-api` makes. DuckDB's versions look like
 * `1.5.6-r.1`, a prerelease to semver.
 */
export class DuckDBInstrumentation extends PausableInstrumentation<DuckDBInstrumentationConfig> {
  constructor(config: DuckDBInstrumentationConfig = {}) {
    super("@pitot/instrumentation-duckdb", INSTRUMENTATION_VERSION, config);
  }

  protected init(): InstrumentationNodeModuleDefinition {
    const module = new InstrumentationNodeModuleDefinition("@duckdb/node-api", ["*"], (exports: object) =>
      this.patch(exports),
    );
    return Object.assign(module, { includePrerelease: true });
  }

  /** The exports of `@duckdb/node-api`; its instance class is changed in place. */
  patch<T extends object>(exports: T): T {
    const instance = (exports as { DuckDBInstance?: InstanceClass }).DuckDBInstance;
    const prototype = instance?.prototype;
    if (typeof prototype?.connect !== "function" || PATCHED in prototype) return exports;
    Object.defineProperty(prototype, PATCHED, { value: true });
    const { connect } = prototype;
    const observed = (connection: DuckDBConnectionLike): DuckDBConnectionLike =>
      this.paused ? connection : observeDuckDB(connection, this.getConfig());
    prototype.connect = async function pitotConnect() {
      return observed(await connect.call(this));
    };
    return exports;
  }
}
