export { startPitot } from "./start-pitot.ts";
export type { Pitot, PitotOptions } from "./start-pitot.ts";
export { DeliverySpanProcessor } from "./delivery-span-processor.ts";
export type { DeliveryOptions } from "./delivery-span-processor.ts";
export type { DeliveryCounts } from "./delivery-span-processor.ts";
export { replay } from "./replay.ts";
export type { ReplayedScope, ReplayOptions, ReplayReport } from "./replay.ts";
export type { ReplayedRequests } from "./replay-outbox.ts";
export { SnapshotSpanProcessor } from "./snapshot-span-processor.ts";
