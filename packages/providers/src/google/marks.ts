/** Private properties of what is created here. */
export const KEY = "kalendsKey";
/** There while the exceptions of a new series are not all written yet. */
export const UNFINISHED = "kalendsUnfinished";
