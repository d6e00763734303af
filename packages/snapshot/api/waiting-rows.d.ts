/** Which run or session has a span or log record, and as which of its rows. */
export interface RowPlace {
    readonly scopeId: string;
    /** Its ordinal in the table: by it the ledger knows the row. */
    readonly seq: number;
}
/** Rows of one table that wait for their batch, by the run or session that has them. */
export declare class WaitingRows<Row> {
    #private;
    /**
     * @param text how much text the row has
     * @returns the row's ordinal, and whether the scope's rows are enough for a batch
     */
    add(scopeId: string, row: Row, text: number): {
        seq: number;
        full: boolean;
    };
    /** The rows of a scope, which do not wait any more. */
    take(scopeId: string): {
        readonly first: number;
        readonly rows: readonly Row[];
    } | undefined;
    /** No row of this scope follows. */
    forget(scopeId: string): void;
    scopes(): Iterable<string>;
}
