import { useLingui } from "@lingui/react/macro";

/** Groups of messages that can be chosen; single types can be set over the API. */
export const WEBHOOK_GROUPS = [
	"event.*",
	"occurrence.*",
	"calendar.*",
	"connection.*",
	"booking.*",
	"payment.*",
] as const;

/** What a group is about; of a single type nothing more than its name. */
export function useTypeWords(): (type: string) => string {
	const { t } = useLingui();
	const words: Readonly<Record<(typeof WEBHOOK_GROUPS)[number], string>> = {
		"event.*": t`Events made, changed, deleted or in conflict`,
		"occurrence.*": t`Reminders`,
		"calendar.*": t`Calendars, their syncs and held deletions`,
		"connection.*": t`Accounts and whether they work`,
		"booking.*": t`Bookings`,
		"payment.*": t`Payments`,
	};
	return (type) => (Object.hasOwn(words, type) ? words[type as keyof typeof words] : "");
}
