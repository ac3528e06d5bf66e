import type { CalendarEvent, EventDateTime } from "@kalends/model";
import type { Phrases } from "./catalogue.ts";
import type { Rendered } from "./invitation.ts";
import { placeRows, titleOf, whenRows } from "./invitation.ts";
import { type Letter, letterHtml, letterText, oneLine, plainText } from "./layout.ts";
import { whenText, zoneOfEvent } from "./when.ts";

export interface RemindedOccurrence {
	readonly event: CalendarEvent;
	readonly start: EventDateTime;
	readonly end: EventDateTime;
	readonly calendarName: string;
	/** The person's, where it is known. */
	readonly zone: string | null;
	readonly late: boolean;
}

/** @param home the app */
export function renderReminder(
	{ event, start, end, calendarName, zone, late }: RemindedOccurrence,
	home: URL,
	phrases: Phrases,
): Rendered {
	const title = titleOf(event, phrases);
	const times = { start, end, recurrence: null };
	const letter: Letter = {
		heading: late ? phrases.reminder.late : "",
		title: phrases.reminder.heading(title),
		rows: [
			...whenRows(times, null, zone, phrases),
			...placeRows(event, phrases),
			{ label: phrases.label.calendar, value: oneLine(calendarName) },
		],
		body: plainText(event.description),
		notes: [phrases.reminder.why],
		link: { label: phrases.open, href: home.href },
	};
	const when = whenText(times, zone ?? zoneOfEvent(start), phrases);
	return { subject: phrases.reminder.subject(title, when), text: letterText(letter), html: letterHtml(letter) };
}

/** What an owner has to know of an account, a calendar or an event. */
export function renderNotice(
	{ subject, text, fix }: { readonly subject: string; readonly text: string; readonly fix: string | null },
	home: URL,
	phrases: Phrases,
): Rendered {
	const letter: Letter = {
		heading: "",
		title: oneLine(subject),
		rows: [],
		body: [plainText(text), ...(fix === null ? [] : [plainText(fix)])].join("\n\n"),
		notes: [phrases.noticeWhy],
		link: { label: phrases.open, href: home.href },
	};
	return { subject: oneLine(subject), text: letterText(letter), html: letterHtml(letter) };
}
