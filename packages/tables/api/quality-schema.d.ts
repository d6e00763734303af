import { Schema } from "apache-arrow";
/** One row per invalid entity. */
export declare const QUALITY_SCHEMA: Schema;
/**
 * {@link QUALITY_SCHEMA} and the ordinal of the row in the table that was checked, from 0: what the functions give with `ordinals: true`.
 * Whoever reads quality tables takes both.
 */
export declare const QUALITY_ORDINALS_SCHEMA: Schema;
