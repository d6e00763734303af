import type { Attributes } from "@opentelemetry/api";
/** What the registered SDK keeps; it cuts the rest without a word. */
export interface SdkLimits {
    /** Events per span. */
    readonly spanEvents: number;
    /** Attributes per event, or per log record. */
    readonly eventAttributes: number;
    /** Attributes per span. */
    readonly spanAttributes: number;
    /** Characters of a text in an attribute. */
    readonly valueLength: number;
}
/** The limits as the SDK takes them from the environment: its own names, and the specification's. */
export declare function sdkLimits(env: Readonly<Record<string, string | undefined>>): SdkLimits;
/** True where attributes do not get through the SDK as they are: too many, or too long a text among them. */
export declare function cutBySdk(attributes: Attributes, count: number, valueLength: number): boolean;
