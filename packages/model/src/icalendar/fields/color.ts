import { defineField } from "../field.ts";
import { propertyOf } from "../syntax/component.ts";
import { nearestColorName, parseColor } from "./css3-colors.ts";

/** COLOR takes names only; the exact value stands beside it and counts while COLOR still names its nearest. */
const EXACT = "X-KALENDS-COLOR";

/** `color`: COLOR (RFC 7986 §5.9). */
export const color = defineField<"color">({
	keys: ["color"],
	names: ["COLOR", EXACT],
	read: (component) => {
		const name = propertyOf(component, "COLOR")?.value.trim().toLowerCase() ?? "";
		const exact = parseColor(propertyOf(component, EXACT)?.value ?? "");
		if (exact !== null && nearestColorName(exact) === name) return { color: exact };
		return { color: parseColor(name) };
	},
	write: (event) => {
		const hex = event.color === null ? null : parseColor(event.color);
		if (hex === null) return { lines: [] };
		const name = nearestColorName(hex);
		return { lines: parseColor(name) === hex ? [`COLOR:${name}`] : [`COLOR:${name}`, `${EXACT}:${hex}`] };
	},
});
