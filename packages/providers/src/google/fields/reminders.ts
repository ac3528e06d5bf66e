import type { Reminder } from "@kalends/model";
import { listOf } from "../types.ts";
import { defineField, notAccepted } from "./field.ts";

const MOST = 5;
/** Four weeks, in minutes. */
const EARLIEST = 40_320;

/** `reminders`: the person's own, or with `useDefault` those of the calendar. */
export const reminders = defineField<"reminders">({
	keys: ["reminders"],
	read: ({ reminders: value }) => {
		if (value?.useDefault === true) return { reminders: { use_default: true, overrides: [] } };
		return { reminders: { use_default: false, overrides: readReminders(value?.overrides) } };
	},
	write: ({ reminders: { use_default: useDefault, overrides } }) => {
		if (useDefault) return { reminders: { useDefault, overrides: [] } };
		if (overrides.length > MOST) throw notAccepted(`more than ${MOST} reminders`);
		const isOutside = ({ minutes }: Reminder) => minutes < 0 || minutes > EARLIEST;
		if (overrides.some(isOutside)) throw notAccepted("reminders after the start, or earlier than four weeks before it");
		return { reminders: { useDefault, overrides: overrides.map(({ method, minutes }) => ({ method, minutes })) } };
	},
});

/** A list of reminders of Google's, also a calendar's default ones. */
export function readReminders(list: Parameters<typeof listOf<GoogleReminder>>[0]): readonly Reminder[] {
	return listOf<GoogleReminder>(list).flatMap(({ method, minutes }) =>
		typeof minutes === "number" ? [{ method: method === "email" ? "email" : "popup", minutes }] : [],
	);
}

interface GoogleReminder {
	readonly method?: string | null;
	readonly minutes?: number | null;
}
