/** What a predicate may come to for a row of some container: a set over {true, false, null}. */
export interface Outcomes {
    readonly canBeTrue: boolean;
    readonly canBeFalse: boolean;
    readonly canBeNull: boolean;
}
