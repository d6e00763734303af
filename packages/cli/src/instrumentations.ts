// Instrumentations for any NodeSDK
export {
  ApacheArrowInstrumentation,
  DuckDBInstrumentation,
  FlechetteInstrumentation,
  FsDatasetsInstrumentation,
  HyparquetInstrumentation,
  NodeStreamInstrumentation,
} from "@pitot/node/instrumentations";
