import { DataType } from "apache-arrow";
import type { Scalar } from "./column-bounds.ts";
/**
 * A value in its canonical text: numbers in decimal, whole floats with `.0`, decimals with their scale, times and dates as their number in the
 * column's unit, text as it is, bytes and half floats in hex as they lie in a file.
 *
 * @param type - Arrow type of its column.
 */
export declare function scalarText(value: Scalar, type: DataType): string;
