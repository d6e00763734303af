import { fileURLToPath } from "node:url";
import { requireEsm } from "./require-esm.ts";

type DeliveryModule = typeof import("./delivery.ts");

/**
 * The code that delivers, in its own time. In Node 20 a `require` of what the application loads fails while an import of it is under way, so it is
 * required there. In later ones a `require` that meets an import which the application has under way leaves modules behind that nobody can
 * import any more.
 */
export async function loadDelivery(): Promise<DeliveryModule> {
  if (process.versions.node.startsWith("20."))
    try {
      return requireEsm(fileURLToPath(new URL("delivery.js", import.meta.url))) as DeliveryModule;
    } catch {
      // An import of it is under way; join that.
    }
  return await import("./delivery.ts");
}
