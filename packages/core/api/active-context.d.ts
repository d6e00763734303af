import { type Context } from "@opentelemetry/api";
/**
 * `context.active()` without what the API does at each call, which costs more than all else of a
 * recorded row. A context manager is asked directly once it was seen to give what the API gives, and as long as it is registered.
 */
export declare function activeContext(): Context;
