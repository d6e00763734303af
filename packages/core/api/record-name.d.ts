/** A name that any back end takes: not empty, at most 256 characters, no control characters. Tells once where it had to change one. */
export declare function recordName(name: unknown): string;
