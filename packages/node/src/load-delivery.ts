import { fileURLToPath } from "node:url";
import { requireEsm } from "./require-esm.ts";

/** The code that delivers, in one tick. @throws where it is bundled, or not built */
export function deliveryNow(): typeof import("./delivery.ts") {
  return requireEsm(fileURLToPath(new URL("delivery.js", import.meta.url))) as typeof import("./delivery.ts");
}

/**
 * The code that delivers. Required where it can be: in Node 20 a `require` of what the application loads, and ours at the end of the
 * process, fails while an import of it is under way.
 */
export async function loadDelivery(): Promise<typeof import("./delivery.ts")> {
  try {
    return deliveryNow();
  } catch {
    return await import("./delivery.ts");
  }
}
