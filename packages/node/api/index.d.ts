export { startPitot } from "./start-pitot.ts";
export type { Pitot, PitotOptions } from "./start-pitot.ts";
export { DeliverySpanProcessor } from "./delivery-span-processor.ts";
export type { DeliveryOptions } from "./delivery-span-processor.ts";
export { SnapshotSpanProcessor } from "./snapshot-span-processor.ts";
