// Instrumentations for any NodeSDK
export { ApacheArrowInstrumentation } from "./apache-arrow.ts";
export { FlechetteInstrumentation } from "./flechette.ts";
export { FsDatasetsInstrumentation } from "./fs-datasets.ts";
export { HyparquetInstrumentation } from "./hyparquet.ts";
