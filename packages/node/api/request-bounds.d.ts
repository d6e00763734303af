/** How much goes into one request. */
export interface RequestBounds {
    readonly batchItems: number;
    /** Estimated bytes. */
    readonly batchBytes: number;
}
/** The parts of one request: as many as its bounds allow, one at least. */
export declare class RequestParts<Part> {
    #private;
    readonly parts: Part[];
    constructor(bounds: RequestBounds);
    /** @returns false where it belongs into the next request */
    add(part: Part, bytes: number): boolean;
}
