import { type DataType } from "apache-arrow";
import type { DuckDBTypeLike } from "./duckdb-connection.ts";
/**
 * The Arrow type of a DuckDB type. Where Arrow has none of its own, the type that holds its values: HUGEINT is decimal128(38, 0),
 * UHUGEINT 16 bytes, UUID and BIT text, BIGNUM and GEOMETRY bytes; TIME WITH TIME ZONE loses its offset. ENUM is a dictionary with
 * the smallest unsigned indices that fit.
 *
 * @param timeZone of TIMESTAMP WITH TIME ZONE; DuckDB keeps instants, and the session's zone is for display
 * @throws PitotError UNSUPPORTED for a type that has no columns of its own, such as VARIANT
 */
export declare function arrowType(type: DuckDBTypeLike, timeZone?: string): DataType;
