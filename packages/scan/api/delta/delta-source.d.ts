import type { FragmentSource } from "../dataset/fragment-source.ts";
/** Which version of a table is read, and how. */
export interface DeltaSourceOptions {
    /** Default the last one. */
    readonly version?: number;
    /** The last version committed by then; instead of `version`. */
    readonly timestamp?: Date | number;
    /** Folders beside the table's own that its log may lead to, e.g. of a table that was cloned. Default none. */
    readonly allowedFolders?: readonly string[];
    /** Of partition timestamps that tell no zone, as old writers left them: IANA name of the writer's. Default `UTC`. */
    readonly timeZone?: string;
    readonly signal?: AbortSignal;
}
/** One version of a Delta table as a source of files. */
export interface DeltaSource extends FragmentSource {
    readonly format: "delta";
    readonly version: number;
    /** The last version that each application wrote idempotently. */
    readonly transactions: ReadonlyMap<string, bigint>;
}
/**
 * Reads one version of a Delta table. It stays that version, whatever is committed later.
 *
 * Costs a listing of the log and the reading of the newest checkpoint and the commits after it. Plans are made from the log alone; only
 * where the table maps columns by id are footers read for them.
 *
 * @throws PitotError INVALID_ARGUMENT where table or version are not there, INVALID_DATA where the log breaks a rule of the protocol, UNSUPPORTED
 * where the table needs features that are not known
 */
export declare function deltaSource(location: string | URL, options?: DeltaSourceOptions): Promise<DeltaSource>;
