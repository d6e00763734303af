/**
 * `NODE_OPTIONS` with Pitot's `register` in front, which every Node process below inherits. A file URL: it holds no space, so paths with
 * spaces need no quoting. Left alone where it names it already.
 */
export function registerOptions(given: string | undefined, url: string = registerUrl()): string {
  const option = `--import=${url}`;
  if (given === undefined || given.trim() === "") return option;
  return given.includes(option) || given.includes("pitot/register") ? given : `${option} ${given}`;
}

function registerUrl(): string {
  return new URL("register.js", import.meta.url).href;
}
