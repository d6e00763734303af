import { DataType } from "apache-arrow";
/**
 * The type as pyarrow prints it: `timestamp[us, tz=UTC]`, `list<element: string>`, `decimal128(10, 2)`.
 * Types that no reader of this library makes are printed as it names them.
 * @throws PitotError INVALID_ARGUMENT for what is no type
 */
export declare function typeString(type: DataType): string;
