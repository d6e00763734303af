import { type FileHandle } from "node:fs/promises";
/** Opens a file that nobody has put there before, for its owner alone. Never follows a link. */
export declare function openNew(path: string): number;
/** Opens a file to be appended to, new or not. Never follows a link. */
export declare function openAppend(path: string): number;
/** Opens a file for reading. Never follows a link. */
export declare function openRead(path: string): number;
/** {@link openRead} as a handle. */
export declare function openReadHandle(path: string): Promise<FileHandle>;
/**
 * Replaces a file as a whole: a reader sees the old one or the new one, whenever the process dies.
 *
 * @param durable also when the power fails; waits for the disk
 */
export declare function replaceFile(path: string, text: string, durable: boolean): void;
/** {@link replaceFile}, durably and without blocking. */
export declare function replaceFileLater(path: string, text: string): Promise<void>;
/** Makes what was created, renamed or removed in a folder durable. */
export declare function syncFolder(path: string): void;
/**
 * Creates `directory/…names` with mode 0700 and returns its path. The directory itself may be a link, since its owner has named it;
 * nothing below it may.
 *
 * @throws PitotError IO where a part is a link or no folder, and what the file system throws
 */
export declare function privateFolder(directory: string, ...names: readonly string[]): string;
