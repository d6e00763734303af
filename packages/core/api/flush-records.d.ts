/** Hands what runs under way and the session still have in memory to storage, ahead of the flush interval. Synchronous, never throws. */
export declare function flushRecords(): void;
