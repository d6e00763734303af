type PartitionText = Readonly<Record<string, string | null>>;
/** The partitions of a table's files, each once: a file has the code of its own. */
export declare class PartitionDictionary {
    #private;
    readonly values: PartitionText[];
    codeOf(values: PartitionText): number;
}
export {};
