import { type DuckDBConnectionLike } from "./duckdb-connection.ts";
/** The engine of a session: what must be the same for its results and timings to be comparable. */
export interface RuntimeProfile {
    readonly engine: "duckdb";
    /** e.g. `v1.5.6`; prereleases look like `v1.6.0-dev123`. */
    readonly version: string;
    /** The commit that it was built from. */
    readonly sourceId: string;
    readonly codename: string | null;
    /** Every setting by name, as text. Those that hold secrets are redacted when they are recorded. */
    readonly settings: Readonly<Record<string, string>>;
}
/** Whether an extension is there. */
export interface FeatureState {
    readonly name: string;
    readonly installed: boolean;
    readonly loaded: boolean;
    readonly version: string;
}
/** Version and settings of the engine, at this moment. */
export declare function runtimeProfile(connection: DuckDBConnectionLike): Promise<RuntimeProfile>;
/** The extensions that are installed or loaded, in order of name. */
export declare function featureStates(connection: DuckDBConnectionLike): Promise<FeatureState[]>;
