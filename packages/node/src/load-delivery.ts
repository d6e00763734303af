import { fileURLToPath } from "node:url";
import { requireEsm } from "./require-esm.ts";

/** The code that delivers, in one tick. @throws where it is bundled, or not built */
export function deliveryNow(): typeof import("./delivery.ts") {
  return requireEsm(fileURLToPath(new URL("delivery.js", import.meta.url))) as typeof import("./delivery.ts");
}

/**
 * The code that delivers, in its own time. In Node 20 a `require` of what the application loads, and ours at the end of the process, fails
 * while an import of it is under way, so it is required there. In later ones a `require` that meets an import which the application has
 * under way leaves modules behind that nobody can import any more.
 */
export async function loadDelivery(): Promise<typeof import("./delivery.ts")> {
  if (process.versions.node.startsWith("20."))
    try {
      return deliveryNow();
    } catch {
      // An import of it is under way; join that.
    }
  return await import("./delivery.ts");
}
