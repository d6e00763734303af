import type { RowPlace } from "@pitot/snapshot";
import { OrdinalRanges } from "@pitot/snapshot/ordinal-ranges";
/** Which rows of the snapshot are still to be sent by this process: what there was no room for. It costs by ranges, not by rows. */
export declare class SpooledPlaces {
    #private;
    get empty(): boolean;
    add({ scopeId, seq }: RowPlace): void;
    /** Those of one run or session, which are not among the others any more. */
    take(): {
        readonly scopeId: string;
        readonly seqs: OrdinalRanges;
    } | undefined;
    /** Adds all of another. */
    merge(other: SpooledPlaces): void;
}
