import { defineField } from "./field.ts";

/** `status`. A cancelled event is a deleted one. */
export const status = defineField<"status">({
	keys: ["status"],
	read: ({ status: value }) => ({ status: value === "tentative" || value === "cancelled" ? value : "confirmed" }),
	write: (event) => ({ status: event.status }),
});

/** `visibility`: `confidential`, kept for old clients, means `private`. */
export const visibility = defineField<"visibility">({
	keys: ["visibility"],
	read: ({ visibility: value }) => {
		if (value === "confidential") return { visibility: "private" };
		return { visibility: value === "private" || value === "public" ? value : "default" };
	},
	write: (event, base) => {
		const keeps = event.visibility === "private" && base?.visibility === "confidential";
		return { visibility: keeps ? "confidential" : event.visibility };
	},
});

/** `busy`: `transparency`. */
export const busy = defineField<"busy">({
	keys: ["busy"],
	read: ({ transparency }) => ({ busy: transparency !== "transparent" }),
	write: (event) => ({ transparency: event.busy ? "opaque" : "transparent" }),
});
