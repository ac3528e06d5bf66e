import { defineField, notAccepted, privateProperty, withPrivateProperty } from "./field.ts";

export const CATEGORIES = "kalendsCategories";
/** Longer values are cut off in silence. */
const LONGEST_VALUE = 1024;

/** `categories`: Google has none, so a private property of the person's copy keeps them. */
export const categories = defineField<"categories">({
	keys: ["categories"],
	read: (event) => ({ categories: listed(privateProperty(event, CATEGORIES)) }),
	write: (event) => {
		if (event.categories.length === 0) return withPrivateProperty(CATEGORIES, null);
		const value = JSON.stringify(event.categories);
		if (value.length > LONGEST_VALUE) throw notAccepted(`categories of more than ${LONGEST_VALUE} characters`);
		return withPrivateProperty(CATEGORIES, value);
	},
});

function listed(value: string | null): readonly string[] {
	if (value === null) return [];
	try {
		const list: unknown = JSON.parse(value);
		return Array.isArray(list) ? list.filter((each) => typeof each === "string") : [];
	} catch {
		// Somebody else's, or cut off.
		return [];
	}
}
