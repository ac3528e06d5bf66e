import { useLingui } from "@lingui/react/macro";
import { dayText, type Reading, SHORT_DAY, timesText } from "../calendar/time/format.ts";
import { daysOf, instantOf } from "../calendar/time/instants.ts";
import { isDay } from "../calendar/wire.ts";
import type { OwnerNotice, ReminderNotice } from "./read.ts";

export interface NotificationWords {
	readonly title: string;
	readonly detail: string;
}

/** What a notification says to people. */
export function useNotificationWords(reading: Reading): (notice: ReminderNotice | OwnerNotice) => NotificationWords {
	const { t } = useLingui();
	return (notice) => {
		switch (notice.kind) {
			case "reminder": {
				const { start, end, title, location, late } = notice;
				const { first, last } = daysOf(start, end, reading.zone);
				const [from, to] = [first, last].map((one) => dayText(one, reading.locale, SHORT_DAY));
				const day = first === last ? from : `${from} – ${to}`;
				const times = timesText(instantOf(start, reading.zone), instantOf(end, reading.zone), reading);
				const parts = [isDay(start) ? day : `${day}, ${times}`, location, late ? t`told late` : ""];
				return { title: title || t`(No title)`, detail: parts.filter((part) => part !== "").join(" · ") };
			}
			case "reauth":
				return { title: t`${notice.name} needs you to sign in again`, detail: t`Until then nothing of it is synced.` };
			case "paused":
				return {
					title: t`${notice.name} is paused`,
					detail: t`Many events vanished at the provider at once. Apply or keep them.`,
				};
			case "conflict":
				return {
					title: t`“${notice.name || t`(No title)`}” was changed in two places`,
					detail: t`The provider's change holds; yours is kept in the history, and can be restored.`,
				};
			case "booking":
				return {
					title: t`“${notice.name || t`(No title)`}” was paid, but could not be booked`,
					detail: t`Look at the booking: agree on another time, or give the money back.`,
				};
			case "webhook":
				return {
					title: t`The webhook ${notice.name} was disabled`,
					detail: t`Its receiver did not take messages. Resume it when it works: what was kept is then sent.`,
				};
			case "other":
				return { title: notice.name || notice.type, detail: notice.name === "" ? "" : notice.type };
		}
	};
}
