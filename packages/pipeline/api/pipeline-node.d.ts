import { type Span } from "@opentelemetry/api";
/** The span that made a value, maybe in another process long ago. */
export interface Producer {
    /** 32 hex digits. */
    readonly traceId: string;
    /** 16 hex digits. */
    readonly spanId: string;
    readonly runId: string;
}
/** What a cache did for a node. */
export interface CacheUse {
    /** `hit`: the value was there; `miss`: it was not; `stored`: it was not, and is now; `bypassed`: not asked; `failed`: the cache failed. */
    readonly outcome: "hit" | "miss" | "stored" | "bypassed" | "failed";
    readonly key?: string;
    /** Version of the value, equal for equal values. */
    readonly dataVersion?: string;
    /** Version of the code that makes the value. */
    readonly codeVersion?: string;
    /** Why, in a few words. */
    readonly reason?: string;
    /** Of a hit: who made the value. Its span is linked. */
    readonly producer?: Producer;
}
/** A dataset that a node wrote. */
export interface NodeOutput {
    readonly dataset: string;
    /** Rows, where the value tells. */
    readonly rows?: number;
    /** Bytes, where the value tells. */
    readonly bytes?: number;
}
/** What is known of a node while its body runs. The body calls its methods; none of them throws. */
export declare class PipelineNode {
    #private;
    readonly id: string;
    /** The stage's span. */
    readonly span: Span;
    readonly inputs: string[];
    readonly outputs: NodeOutput[];
    cached: CacheUse | undefined;
    skipped: string | undefined;
    constructor(id: string, span: Span, runId: string);
    /** This node as the producer of its value: keep it with the value, and give it to {@link PipelineNode.cache} at a hit. */
    get producer(): Producer;
    /** Tells what a cache did; told twice, the last counts. A hit links to the span that made the value. */
    cache(use: CacheUse): void;
    /** A dataset that the node reads. */
    input(dataset: string): void;
    /** A dataset that the node wrote; rows and bytes are taken from the value where it has them, without reading it. */
    output(dataset: string, value?: unknown): void;
    /** The node does nothing, and why. */
    skip(reason: string): void;
}
