import type { EventStatus } from "../../event/event.ts";
import { defineField } from "../field.ts";
import { propertyOf } from "../syntax/component.ts";

const STATUSES: ReadonlyMap<string, EventStatus> = new Map([
	["CONFIRMED", "confirmed"],
	["TENTATIVE", "tentative"],
	["CANCELLED", "cancelled"],
	["CANCELED", "cancelled"],
]);

/** `status`: STATUS (RFC 5545 §3.8.1.11); confirmed where it is absent or unknown. */
export const status = defineField<"status">({
	keys: ["status"],
	names: ["STATUS"],
	read: (component) => ({
		status: STATUSES.get(propertyOf(component, "STATUS")?.value.trim().toUpperCase() ?? "") ?? "confirmed",
	}),
	write: (event) => ({ lines: [`STATUS:${event.status.toUpperCase()}`] }),
});
