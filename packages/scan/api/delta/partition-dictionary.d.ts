type PartitionText = Readonly<Record<string, string | null>>;
/** The partitions of a table's files, each once: a file has the code of its own. */
export declare class PartitionDictionary {
    #private;
    readonly values: PartitionText[];
    /** Begins a partition: `step` by `step`, then `code`. No object is made for one that is known. */
    begin(): void;
    step(text: string | null): void;
    /** @param read makes the values, where they are not known */
    code(read: () => PartitionText): number;
    codeOf(values: PartitionText): number;
}
export {};
