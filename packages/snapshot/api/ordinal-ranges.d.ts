/** Ordinals as text: ranges where they follow each other, as `0-511,513`. */
export declare function rangesText(ordinals: readonly number[]): string;
/** A set of ordinals that costs by its ranges, not by its members. */
export declare class OrdinalRanges {
    #private;
    /** Adds what {@link rangesText} wrote; what is no range is passed over. */
    add(text: string): void;
    /** Adds one ordinal; one that follows the last costs nothing. */
    addOne(ordinal: number): void;
    /** Adds those of another set. */
    addAll(other: OrdinalRanges): void;
    has(ordinal: number): boolean;
    /** How many ordinals it has. */
    get size(): number;
}
