import { defineField } from "../field.ts";
import { propertyOf } from "../syntax/component.ts";

/** `visibility`: CLASS (RFC 5545 §3.8.1.3); CONFIDENTIAL and unknown classes count as private. */
export const visibility = defineField<"visibility">({
	keys: ["visibility"],
	names: ["CLASS"],
	read: (component) => {
		const value = propertyOf(component, "CLASS")?.value.trim().toUpperCase() ?? "";
		if (value === "") return { visibility: "default" };
		return { visibility: value === "PUBLIC" ? "public" : "private" };
	},
	write: (event) => ({
		lines: event.visibility === "default" ? [] : [`CLASS:${event.visibility.toUpperCase()}`],
	}),
});
