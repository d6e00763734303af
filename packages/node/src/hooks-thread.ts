import nodeModule from "node:module";
import { INSTRUMENTED_MODULES, isEnabled, type InstrumentedModule } from "./instrumented-modules.ts";
import type { LoaderHookData } from "./loader-hooks.ts";

const NODE_MAJOR = Number.parseInt(process.versions.node, 10);

/** Node 22 and 24 have hooks in the application's thread too, but with them fail to load CommonJS packages that are imported and required. */
export const HAS_SYNC_HOOKS: boolean = NODE_MAJOR >= 26;

/** The packages that the environment asks to watch. */
export function watchedModules(): readonly InstrumentedModule[] {
  return INSTRUMENTED_MODULES.filter(({ instrumentation }) => isEnabled(instrumentation));
}

/** What the loader hooks are told. */
export function loaderHookData(): LoaderHookData {
  const here = new URL("./", import.meta.url);
  return {
    modules: watchedModules().map(({ name, file, className, replaces }) => ({
      name,
      url: new URL(file, here).href,
      className,
      replaces,
    })),
    bridge: new URL("module-hooks.js", here).href,
    own: new URL("../../", here).href,
  };
}

/**
 * Calls `load`, which loads everything else, once, and starts the thread in which Node runs loader hooks (`module.register`, deprecated since
 * 26). The thread takes as long to start as all of our modules to load, and Node waits for it. In Node 20 the two go side by side: it
 * starts the thread, then asks for the text of the specifier, then waits. Later versions would ask the hooks about every module that is
 * loaded meanwhile.
 */
export function startHooksThread<T>(load: () => T): T {
  const data = loaderHookData();
  if (HAS_SYNC_HOOKS || data.modules.length === 0) return load();
  let loaded = NODE_MAJOR === 20 ? undefined : { value: load() };
  const specifier = {
    toString: () => {
      loaded ??= { value: load() };
      return "./loader-hooks.js";
    },
  };
  nodeModule.register(specifier as string, { parentURL: import.meta.url, data });
  return (loaded ??= { value: load() }).value;
}
