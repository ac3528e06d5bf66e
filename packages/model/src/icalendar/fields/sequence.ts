import { defineField } from "../field.ts";
import { propertyOf } from "../syntax/component.ts";

const MAX = 2147483647;

/** `sequence`: SEQUENCE (RFC 5545 §3.8.7.4); 0 where it is absent or no number. */
export const sequence = defineField<"sequence">({
	keys: ["sequence"],
	names: ["SEQUENCE"],
	read: (component) => {
		const value = propertyOf(component, "SEQUENCE")?.value.trim() ?? "";
		return { sequence: /^\d+$/.test(value) ? Math.min(Number(value), MAX) : 0 };
	},
	write: (event) => ({ lines: [`SEQUENCE:${event.sequence}`] }),
});
