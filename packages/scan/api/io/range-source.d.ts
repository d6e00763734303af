/** What reads took: requests to storage, those that failed and those that were tried again included, and the bytes that came. */
export interface Traffic {
    requests: number;
    bytes: number;
}
/**
 * Bytes that can be read by range: a file, a URL, a buffer. Reads are exact; what cannot be read in full is a `PitotError` of code IO that
 * names the location.
 */
export interface RangeSource {
    /** As errors and telemetry name it: a path or URL. */
    readonly location: string;
    /** Size in bytes; undefined until a source that must ask for it has been read. */
    readonly byteLength: number | undefined;
    /** Bytes `start` to `end`, `end` not included. One request. */
    slice(start: number, end: number, signal?: AbortSignal): Promise<Uint8Array>;
    /** The last `length` bytes, or all where there are fewer, and the size. One request, also where the size was not known. */
    suffix(length: number, signal?: AbortSignal): Promise<{
        bytes: Uint8Array;
        byteLength: number;
    }>;
    close(): Promise<void>;
    /** The same source, adding to `traffic` what its reads take. Absent where each is one request for as many bytes as it gives. */
    countedBy?(traffic: Traffic): RangeSource;
}
