/** A span as Jaeger's API has it. */
export interface JaegerSpan {
  readonly spanID: string;
  readonly operationName: string;
  readonly references: readonly { readonly refType: string; readonly spanID: string }[];
  readonly tags: readonly { readonly key: string; readonly value: unknown }[];
  readonly logs: readonly { readonly fields: readonly { readonly key: string; readonly value: unknown }[] }[];
  readonly warnings: readonly string[] | null;
}

/** The spans of a trace in Jaeger, once there are as many as expected, or after 20 s those that are there. */
export async function jaegerTrace(jaeger: string, id: string, spans: number): Promise<JaegerSpan[]> {
  let found: JaegerSpan[] = [];
  for (let tries = 0; tries < 200 && found.length < spans; tries++) {
    const response = await fetch(`${jaeger}/api/traces/${id}`);
    const body = (await response.json()) as { data?: { spans: JaegerSpan[] }[] };
    found = body.data?.[0]?.spans ?? [];
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return found;
}

/** The events of a span, by their fields. */
export function spanEvents(span: JaegerSpan): Record<string, unknown>[] {
  return span.logs.map(({ fields }) => Object.fromEntries(fields.map(({ key, value }) => [key, value])));
}
