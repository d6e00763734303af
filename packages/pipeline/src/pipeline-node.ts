import { isSpanContextValid, TraceFlags, type Span, type SpanContext } from "@opentelemetry/api";
import { guarded } from "@pitot/core";
import * as names from "@pitot/semconv";
import { valueSize } from "./value-size.ts";

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
export class PipelineNode {
  readonly id: string;
  /** The stage's span. */
  readonly span: Span;
  readonly inputs: string[] = [];
  readonly outputs: NodeOutput[] = [];
  cached: CacheUse | undefined;
  skipped: string | undefined;
  readonly #runId: string;

  constructor(id: string, span: Span, runId: string) {
    this.id = id;
    this.span = span;
    this.#runId = runId;
  }

  /** This node as the producer of its value: keep it with the value, and give it to {@link PipelineNode.cache} at a hit. */
  get producer(): Producer {
    const { traceId, spanId } = this.span.spanContext();
    return { traceId, spanId, runId: this.#runId };
  }

  /** Tells what a cache did; told twice, the last counts. A hit links to the span that made the value. */
  cache(use: CacheUse): void {
    guarded("node.cache", () => {
      this.cached = use;
      this.span.setAttribute(names.ATTR_CACHE_OUTCOME, use.outcome);
      if (use.key !== undefined) this.span.setAttribute(names.ATTR_CACHE_KEY, use.key);
      if (use.reason !== undefined) this.span.setAttribute(names.ATTR_CACHE_REASON, use.reason);
      const { producer } = use;
      if (use.outcome !== "hit" || producer === undefined) return;
      const context: SpanContext = {
        traceId: producer.traceId,
        spanId: producer.spanId,
        traceFlags: TraceFlags.SAMPLED,
        isRemote: true,
      };
      if (isSpanContextValid(context))
        this.span.addLink({
          context,
          attributes: { [names.ATTR_LINK_REASON]: "cache_hit", [names.ATTR_RUN_ID]: producer.runId },
        });
    });
  }

  /** A dataset that the node reads. */
  input(dataset: string): void {
    this.inputs.push(dataset);
  }

  /** A dataset that the node wrote; rows and bytes are taken from the value where it has them, without reading it. */
  output(dataset: string, value?: unknown): void {
    guarded("node.output", () => {
      this.outputs.push({ dataset, ...valueSize(value) });
    });
  }

  /** The node does nothing, and why. */
  skip(reason: string): void {
    guarded("node.skip", () => {
      this.skipped = reason;
      this.span.setAttribute(names.ATTR_STAGE_SKIP_REASON, reason);
    });
  }
}
