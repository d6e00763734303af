/** One thing that was looked at. */
export interface Finding {
  readonly check: string;
  readonly outcome: "ok" | "warning" | "problem";
  readonly message: string;
  readonly remedy?: string;
}
