import { formatInstant } from "@kalends/model";
import { defineField } from "./field.ts";

/** `created_at`, `updated_at` and `sequence`, which Google alone moves. */
export const timestamps = defineField<"created_at" | "updated_at" | "sequence">({
	keys: ["created_at", "updated_at", "sequence"],
	read: ({ created, updated, sequence }) => ({
		created_at: instant(created),
		updated_at: instant(updated),
		sequence: typeof sequence === "number" ? sequence : 0,
	}),
});

function instant(text: unknown): string | null {
	const at = typeof text === "string" ? Date.parse(text) : Number.NaN;
	// Events without a beginning carry year 0.
	return Number.isNaN(at) || at < Date.UTC(1900, 0, 1) ? null : formatInstant(at);
}
