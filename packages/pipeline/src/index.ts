// Any runner
export { aroundRun, RunHandle } from "./around-run.ts";
export type { NodeBody, NodeOptions } from "./around-run.ts";
export { PipelineNode } from "./pipeline-node.ts";
export type { CacheUse, NodeOutput, Producer } from "./pipeline-node.ts";

// A small graph
export { createDriver } from "./create-driver.ts";
export type { Driver, DriverNode, DriverOptions, ExecuteOptions, NodeValues } from "./driver.ts";
export { cacheKey, codeVersion, dataVersion, FileCacheStore, MemoryCacheStore } from "./node-cache.ts";
export type { CacheEntry, CacheStore } from "./node-cache.ts";

// What pipelines already have
export { observeAsyncAuto, observePGraph } from "./observe-graph.ts";
export type { AutoTask } from "./observe-graph.ts";
export { observePipeline } from "./observe-pipeline.ts";
export type { StreamStage } from "./observe-pipeline.ts";
export { observeStages } from "./observe-stages.ts";
export type { ObservedStages } from "./observe-stages.ts";
export { observeBullMqFlow, observeBullMqProcessor } from "./observe-bullmq.ts";
export type { FlowJobLike, JobLike, ObserveBullMqOptions, SpanStore } from "./observe-bullmq.ts";
