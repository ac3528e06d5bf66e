import { STEP } from "../../api/shown.ts";

/**
 * Those of the newest notifications that are to be told. Only the newest are read: where there were more, an older one
 * that takes the place of one that went is not new.
 * @param before as read the time before, newest first by their ids; null: never
 */
export function newlyCome<T extends { readonly id: string }>(
	before: readonly { readonly id: string }[] | null,
	now: readonly T[],
): readonly T[] {
	if (before === null) return [];
	const known = new Set(before.map(({ id }) => id));
	const oldest = before.length > STEP ? (before.at(-1)?.id ?? "") : "";
	return now.filter(({ id }) => !known.has(id) && id > oldest);
}
