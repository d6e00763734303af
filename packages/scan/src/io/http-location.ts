import { PitotError } from "@pitot/core";

const SECRET = /signature|token|secret|credential|password|^sig$|^key$|api.?key/i;

/** A URL as it is fetched, and as errors and telemetry may show it. */
export interface HttpLocation {
  readonly url: string;
  /** Without user, password, fragment and the values of query parameters that look like secrets, such as those of presigned URLs. */
  readonly shown: string;
  /** User and password, as the header that they stand for. */
  readonly authorization: string | undefined;
}

/** Takes a URL apart. Throws INVALID_ARGUMENT where it is not one of http or https. */
export function httpLocation(location: string): HttpLocation {
  const url = URL.canParse(location) ? new URL(location) : undefined;
  if (url === undefined || (url.protocol !== "http:" && url.protocol !== "https:"))
    throw new PitotError("INVALID_ARGUMENT", "This is not a URL of http or https", {
      value: location.replace(/\/\/[^/@]*@/, "//…@"),
      remedy: "Give a URL such as https://example.org/data.parquet",
    });
  const { username, password } = url;
  url.username = "";
  url.password = "";
  url.hash = "";
  const shown = new URL(url);
  // A copy of the names: to set one while going over them would skip some.
  for (const name of new Set(shown.searchParams.keys()))
    if (SECRET.test(name)) shown.searchParams.set(name, "REDACTED");
  const user = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return {
    url: url.href,
    shown: shown.href,
    authorization: username === "" ? undefined : `Basic ${Buffer.from(user).toString("base64")}`,
  };
}
