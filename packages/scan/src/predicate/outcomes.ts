/** What a predicate may come to for a row of some container: a set over {true, false, null}. */
export interface Outcomes {
  readonly canBeTrue: boolean;
  readonly canBeFalse: boolean;
  readonly canBeNull: boolean;
}

/** Nothing is known, so everything is possible. */
export const ANY_OUTCOME: Outcomes = { canBeTrue: true, canBeFalse: true, canBeNull: true };

/** Whether every row of the container matches, for sure. */
export function isCertain(outcomes: Outcomes): boolean {
  return !outcomes.canBeFalse && !outcomes.canBeNull;
}

/** Of `a AND b`, where either may come to any of its outcomes whatever the other does: a superset, so never wrong. */
export function bothOutcomes(a: Outcomes, b: Outcomes): Outcomes {
  return {
    canBeTrue: a.canBeTrue && b.canBeTrue,
    canBeFalse: (a.canBeFalse && isPossible(b)) || (b.canBeFalse && isPossible(a)),
    canBeNull: (a.canBeNull && (b.canBeNull || b.canBeTrue)) || (b.canBeNull && (a.canBeNull || a.canBeTrue)),
  };
}

/** Of `a OR b`. */
export function eitherOutcomes(a: Outcomes, b: Outcomes): Outcomes {
  return oppositeOutcomes(bothOutcomes(oppositeOutcomes(a), oppositeOutcomes(b)));
}

/** Of `NOT a`. */
export function oppositeOutcomes({ canBeTrue, canBeFalse, canBeNull }: Outcomes): Outcomes {
  return { canBeTrue: canBeFalse, canBeFalse: canBeTrue, canBeNull };
}

/** False for a container without rows. */
function isPossible(outcomes: Outcomes): boolean {
  return outcomes.canBeTrue || outcomes.canBeFalse || outcomes.canBeNull;
}
