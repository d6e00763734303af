// Instrumentations for any NodeSDK
export { ApacheArrowInstrumentation } from "./apache-arrow.ts";
export { DuckDBInstrumentation } from "./duckdb.ts";
export type { DuckDBInstrumentationConfig } from "./duckdb.ts";
export { FlechetteInstrumentation } from "./flechette.ts";
export { FsDatasetsInstrumentation } from "./fs-datasets.ts";
export { HyparquetInstrumentation } from "./hyparquet.ts";
export { NodeStreamInstrumentation } from "./node-stream.ts";
