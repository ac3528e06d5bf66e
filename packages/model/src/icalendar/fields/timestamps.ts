import { localOf } from "../../time/event-time.ts";
import { formatInstant, toBasic } from "../../time/wall-clock.ts";
import { readTimeLine } from "../date-value.ts";
import { defineField } from "../field.ts";
import type { ReadContext } from "../read/context.ts";
import { type Component, propertyOf } from "../syntax/component.ts";

/** CREATED or LAST-MODIFIED as an instant; nonsense such as Google's year 0 reads as absent. */
export function readTimestamp(component: Component, name: string, context: ReadContext): string | null {
	const line = propertyOf(component, name);
	const time = line === undefined ? null : readTimeLine(line, context);
	if (time === null) return null;
	return time.type === "zoned" ? time.instant : formatInstant(localOf(time));
}

/** `created_at`, `updated_at`: CREATED and LAST-MODIFIED (RFC 5545 §3.8.7.1, §3.8.7.3). */
export const timestamps = defineField<"created_at" | "updated_at">({
	keys: ["created_at", "updated_at"],
	names: ["CREATED", "LAST-MODIFIED"],
	read: (component, context) => ({
		created_at: readTimestamp(component, "CREATED", context),
		updated_at: readTimestamp(component, "LAST-MODIFIED", context),
	}),
	write: (event) => {
		const lines: string[] = [];
		if (event.created_at !== null) lines.push(`CREATED:${toBasic(event.created_at)}`);
		if (event.updated_at !== null) lines.push(`LAST-MODIFIED:${toBasic(event.updated_at)}`);
		return { lines };
	},
});
