/** What a predicate may come to for a row of some container: a set over {true, false, null}. */
export interface Outcomes {
    readonly canBeTrue: boolean;
    readonly canBeFalse: boolean;
    readonly canBeNull: boolean;
}
/** Nothing is known, so everything is possible. */
export declare const ANY_OUTCOME: Outcomes;
/** Whether every row of the container matches, for sure. */
export declare function isCertain(outcomes: Outcomes): boolean;
/** Of `a AND b`, where either may come to any of its outcomes whatever the other does: a superset, so never wrong. */
export declare function bothOutcomes(a: Outcomes, b: Outcomes): Outcomes;
/** Of `a OR b`. */
export declare function eitherOutcomes(a: Outcomes, b: Outcomes): Outcomes;
/** Of `NOT a`. */
export declare function oppositeOutcomes({ canBeTrue, canBeFalse, canBeNull }: Outcomes): Outcomes;
