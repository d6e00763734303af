// Instrumentations for any NodeSDK
export {
  ApacheArrowInstrumentation,
  FlechetteInstrumentation,
  FsDatasetsInstrumentation,
  HyparquetInstrumentation,
} from "@pitot/node/instrumentations";
