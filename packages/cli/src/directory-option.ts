/** The option that names the snapshot folder: flags, description, default. */
export type DirectoryOption = readonly [flags: string, description: string, byDefault: string];
