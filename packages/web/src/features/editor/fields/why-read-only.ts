import type { Calendar } from "@kalends/client";
import { useLingui } from "@lingui/react/macro";

/** Why nothing can be written to a calendar, in a sentence. */
export function useWhyReadOnly(): (calendar: Calendar | null) => string {
	const { t } = useLingui();
	return (calendar) => {
		if (calendar === null) return t`Its calendar is no longer connected.`;
		const { name, provider, status, selected } = calendar;
		if (status === "gone") return t`“${name}” is no longer there at its provider, so it can only be read.`;
		if (!selected) return t`“${name}” is switched off in the calendar settings, so it can only be read.`;
		if (provider === "ics") return t`“${name}” is a feed, which can only be read.`;
		return t`“${name}” can only be read: its owner lets this account look at it, but change nothing.`;
	};
}
