/** The version that Pitot's instrumentations report as their scope's. */
export const INSTRUMENTATION_VERSION = "0.1.0";
