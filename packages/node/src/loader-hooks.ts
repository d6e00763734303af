import type { LoadFnOutput, LoadHookContext, ResolveFnOutput, ResolveHookContext } from "node:module";

/** A package to wrap, as the hooks' thread is told. */
export interface WrappedModule {
  readonly name: string;
  /** URL of the instrumentation's file. */
  readonly url: string;
  readonly className: string;
  readonly replaces: readonly string[];
}

/** What `module.register` hands to {@link initialize}. */
export interface LoaderHookData {
  readonly modules: readonly WrappedModule[];
  /** URL of the file that has `instrumented`. */
  readonly bridge: string;
  /** URL prefix of Pitot's own packages, whose reads are not the application's. */
  readonly own: string;
}

/** A parameter with a value: other loader hooks write the URL anew, and would add an equals sign. */
const MARK = "pitot-instrumented=1";

let data: LoaderHookData;
let byName = new Map<string, WrappedModule>();
const wrapped = new Map<
  string,
  { readonly original: string; readonly format: string; readonly by: WrappedModule }
>();

/** Called in the hooks' thread by `module.register`, in the application's by {@link installSyncHooks}. */
export function initialize(given: LoaderHookData): void {
  data = given;
  byName = new Map(given.modules.map((module) => [module.name, module]));
}

/** Loader hook: sends a bare import of a wanted package to a wrapper module. */
export async function resolve(
  specifier: string,
  context: ResolveHookContext,
  next: (specifier: string, context?: ResolveHookContext) => ResolveFnOutput | Promise<ResolveFnOutput>,
): Promise<ResolveFnOutput> {
  return redirect(specifier, context, await next(specifier, context));
}

/** Loader hook: makes the source of a wrapper module. */
export async function load(
  url: string,
  context: LoadHookContext,
  next: (url: string, context?: LoadHookContext) => LoadFnOutput | Promise<LoadFnOutput>,
): Promise<LoadFnOutput> {
  return wrapper(url) ?? (await next(url, context));
}

/** The same as {@link resolve} for `module.registerHooks`, which runs in the application's thread. */
export function resolveSync(
  specifier: string,
  context: ResolveHookContext,
  next: (specifier: string, context?: ResolveHookContext) => ResolveFnOutput,
): ResolveFnOutput {
  return redirect(specifier, context, next(specifier, context));
}

/** The same as {@link load} for `module.registerHooks`. */
export function loadSync(
  url: string,
  context: LoadHookContext,
  next: (url: string, context?: LoadHookContext) => LoadFnOutput,
): LoadFnOutput {
  return wrapper(url) ?? next(url, context);
}

function redirect(specifier: string, context: ResolveHookContext, found: ResolveFnOutput): ResolveFnOutput {
  const by = byName.get(specifier);
  const { parentURL } = context;
  if (by === undefined || parentURL === undefined || isOwn(parentURL)) return found;
  // `require` is patched where it runs; it must see the real file.
  if (context.conditions.includes("require") || !found.url.startsWith("file:")) return found;
  const url = `${found.url}${found.url.includes("?") ? "&" : "?"}${MARK}`;
  wrapped.set(url, { original: found.url, format: found.format ?? "module", by });
  return { url, format: "module", shortCircuit: true };
}

function isOwn(url: string): boolean {
  return url.startsWith(data.own) && /^[^/]+\/dist\//.test(url.slice(data.own.length));
}

/**
 * A module with the exports of the original, some of them replaced. Exports that are named here shadow those of `export *`, so
 * nothing needs to be parsed, and an export that we have never heard of stays what it is.
 */
function wrapper(url: string): LoadFnOutput | undefined {
  const entry = wrapped.get(url);
  if (entry === undefined) return undefined;
  const original = JSON.stringify(entry.original);
  const { replaces, className, url: file } = entry.by;
  const lines = [
    `import * as original from ${original};`,
    `import { ${className} } from ${JSON.stringify(file)};`,
    `import { instrumented } from ${JSON.stringify(data.bridge)};`,
    `export * from ${original};`,
    ...(entry.format === "commonjs" ? [`export { default } from ${original};`] : []),
    `const patched = instrumented(${className}, original, ${JSON.stringify(entry.by.name)}, ${original});`,
    ...replaces.map((name, i) => `const e${i} = patched[${JSON.stringify(name)}];`),
    replaces.length === 0 ? "" : `export { ${replaces.map((name, i) => `e${i} as ${name}`).join(", ")} };`,
  ];
  return { format: "module", source: lines.join("\n"), shortCircuit: true };
}
