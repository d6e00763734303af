import { type RunManifest } from "@pitot/snapshot";
import { type ReportScan, type ReportSpan } from "./report-spans.ts";
/** What `pitot show --json` prints. Within a version, fields are only added. */
export interface RunReport {
    readonly version: 1;
    readonly manifest: RunManifest;
    /** True where its process has died before it ended. */
    readonly interrupted: boolean;
    readonly spans: readonly ReportSpan[];
    readonly scans: readonly ReportScan[];
    /** What the run read and wrote, in the order of first use. */
    readonly datasets: readonly (Readonly<Record<string, unknown>> & {
        readonly direction: string;
    })[];
    /** Tables that the run measured (`recordDatasets`), in their order. */
    readonly tables: readonly {
        readonly name: string;
        readonly rows: number;
        readonly columns: number;
        readonly schema_fingerprint: string;
        /** Nulls by column, of those that have any. */
        readonly nulls: Readonly<Record<string, number>>;
    }[];
    readonly quality: readonly {
        readonly source_table: string | null;
        readonly entity_kind: string;
        readonly issue: string;
        readonly rows: number;
    }[];
    /** The last value of each series. */
    readonly metrics: readonly {
        readonly name: string;
        readonly attributes: string;
        readonly value: number;
        readonly unit: string;
    }[];
    /** Events and artifacts as they were recorded, without those of datasets. */
    readonly events: readonly {
        readonly kind: "event" | "artifact";
        readonly name: string;
        readonly json: string;
    }[];
}
/**
 * Everything about one run that a person or a program asks first. Reads the tables whole.
 * @throws PitotError IO where the run is not in the folder
 */
export declare function runReport(directory: string, runId: string): Promise<RunReport>;
