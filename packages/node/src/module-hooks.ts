import nodeModule from "node:module";
import { fileURLToPath } from "node:url";
import { diag } from "@opentelemetry/api";
import { reportHook } from "./hook-report.ts";
import { HAS_SYNC_HOOKS, loaderHookData, watchedModules } from "./hooks-thread.ts";
import type { InstrumentedModule } from "./instrumented-modules.ts";
import { initialize, loadSync, resolveSync } from "./loader-hooks.ts";
import { requireEsm } from "./require-esm.ts";

/** An instrumentation that can be put on a module's exports by hand. */
interface PatchesExports {
  /** The exports to use instead: the same object where it can be changed, else a copy. */
  patch<T extends object>(exports: T): T;
}

type InstrumentationClass = new (config: { enabled: boolean }) => PatchesExports;

const instances = new Map<InstrumentationClass, PatchesExports>();
const patchedExports = new WeakMap<object, object>();

/**
 * The instrumented exports of a module: what wrapper modules and the `require` hook call. A fault leaves the module as it is.
 */
export function instrumented<T extends object>(
  by: InstrumentationClass,
  exports: T,
  name: string,
  from: string,
): T {
  const known = patchedExports.get(exports);
  if (known !== undefined) return known as T;
  try {
    let instance = instances.get(by);
    // Disabled: it is we who hook modules, and its own hooks would cost every import.
    if (instance === undefined) instances.set(by, (instance = new by({ enabled: false })));
    const patched = instance.patch(exports);
    patchedExports.set(exports, patched);
    patchedExports.set(patched, patched);
    reportHook({ name, from, outcome: "hooked" });
    return patched;
  } catch (error) {
    diag.warn(`pitot: ${name} could not be instrumented and is used as it is`, error);
    reportHook({ name, from, outcome: "failed", why: String(error) });
    return exports;
  }
}

/**
 * Watches CommonJS requires of the wanted packages; ESM imports too, where Node can hook them in the application's thread. Elsewhere
 * `startHooksThread` has done that.
 */
export function installModuleHooks(): void {
  const modules = watchedModules();
  if (modules.length === 0) return;
  hookRequire(modules);
  if (!HAS_SYNC_HOOKS) return;
  const { registerHooks } = nodeModule as typeof nodeModule & { registerHooks: (hooks: object) => void };
  initialize(loaderHookData());
  registerHooks({ resolve: resolveSync, load: loadSync });
}

function hookRequire(modules: readonly InstrumentedModule[]): void {
  const byName = new Map(modules.map((module) => [module.name, module]));
  const own = fileURLToPath(new URL("../../", import.meta.url));
  const prototype = nodeModule.Module.prototype as unknown as {
    require: (this: NodeJS.Module, id: string) => unknown;
  };
  const original = prototype.require;
  prototype.require = function pitotRequire(this: NodeJS.Module, id: string): unknown {
    const exports = original.apply(this, arguments as unknown as [string]);
    const module = byName.get(id);
    if (module === undefined || typeof exports !== "object" || exports === null) return exports;
    if (this.filename?.startsWith(own) && /^[^/\\]+[/\\]dist[/\\]/.test(this.filename.slice(own.length)))
      return exports;
    const file = fileURLToPath(new URL(module.file, import.meta.url));
    try {
      const by = (requireEsm(file) as Record<string, InstrumentationClass>)[module.className];
      if (by !== undefined) return instrumented(by, exports, id, `require from ${this.filename}`);
    } catch (error) {
      diag.warn(`pitot: ${id} could not be instrumented and is used as it is`, error);
      reportHook({ name: id, from: this.filename, outcome: "failed", why: String(error) });
    }
    return exports;
  };
}
