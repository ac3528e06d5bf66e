import { defineField } from "../field.ts";
import { escapeText, splitList, unescapeText } from "../syntax/text-value.ts";

/** `categories`: every CATEGORIES line (RFC 5545 §3.8.1.2), each category once. */
export const categories = defineField<"categories">({
	keys: ["categories"],
	names: ["CATEGORIES"],
	read: (component) => {
		const found = new Set<string>();
		for (const line of component.properties) {
			if (line.name !== "CATEGORIES") continue;
			for (const part of splitList(line.value)) {
				const category = unescapeText(part).trim();
				if (category !== "") found.add(category);
			}
		}
		return { categories: [...found] };
	},
	write: (event) => ({
		lines: event.categories.length === 0 ? [] : [`CATEGORIES:${event.categories.map(escapeText).join(",")}`],
	}),
});
