import type { CalendarEvent } from "@kalends/model";
import type { Invitation } from "../invitations/plan.ts";
import type { Phrases } from "./catalogue.ts";
import { isWebAddress, type Letter, letterHtml, letterText, oneLine, plainText } from "./layout.ts";
import { whenText, zoneOfEvent } from "./when.ts";

const MOST_GUESTS_NAMED = 20;

export interface Rendered {
	readonly subject: string;
	readonly text: string;
	readonly html: string;
}

/** @param zone the recipient's, where it is known */
export function renderInvitation(
	{ kind, method, shown, before }: Invitation,
	organizer: string,
	zone: string | null,
	phrases: Phrases,
): Rendered {
	const title = titleOf(shown, phrases);
	const name = oneLine(organizer);
	const when = whenText(shown, zone ?? zoneOfEvent(shown.start), phrases);
	const single = kind === "cancellation" && shown.recurrence_id !== null;
	const letter: Letter = {
		heading: phrases.heading[single ? "occurrence_cancelled" : kind](name),
		title,
		rows: [
			...whenRows(shown, before, zone, phrases),
			...placeRows(shown, phrases),
			...peopleRows(shown, name, phrases),
		],
		body: kind === "cancellation" ? "" : plainText(shown.description),
		notes: [...(method === "REQUEST" ? [phrases.answerHint] : []), phrases.sentBy(name)],
		link: null,
	};
	return { subject: phrases.subject[kind](title, when), text: letterText(letter), html: letterHtml(letter) };
}

export function titleOf({ title }: Pick<CalendarEvent, "title">, phrases: Phrases): string {
	return oneLine(title) || phrases.untitled;
}

type Row = Letter["rows"][number];

/** When it is, in the reader's zone and, where that is another, in the event's; and when it was before. */
export function whenRows(
	event: Pick<CalendarEvent, "start" | "end" | "recurrence">,
	before: Pick<CalendarEvent, "start" | "end"> | null,
	zone: string | null,
	phrases: Phrases,
): Row[] {
	const { label, repeats } = phrases;
	const there = zoneOfEvent(event.start);
	const shownIn = zone ?? there;
	const when = whenText(event, shownIn, phrases);
	const rows: Row[] = [{ label: label.when, value: when }];
	if (event.start.type === "zoned" && shownIn !== there) {
		rows.push({ label: label.when_there, value: whenText(event, there, phrases) });
	}
	const was = before === null ? when : whenText(before, shownIn, phrases);
	if (was !== when) rows.push({ label: label.before, value: was });
	const rule = event.recurrence?.find((line) => /^RRULE/i.test(line));
	if (rule !== undefined) {
		const frequency = /FREQ=([A-Z]+)/i.exec(rule)?.[1]?.toUpperCase() ?? "";
		const isPlain = !/INTERVAL=(?!1\b)/i.test(rule) && isFrequency(frequency, repeats);
		rows.push({ label: label.repeats, value: isPlain ? repeats[frequency] : repeats.other });
	}
	return rows;
}

function isFrequency<T extends object>(text: string, repeats: T): text is Extract<keyof T, string> {
	return Object.hasOwn(repeats, text);
}

export function placeRows({ location, conference }: CalendarEvent, { label }: Phrases): Row[] {
	const rows: Row[] = [];
	const place = oneLine(location, 500);
	if (place !== "") rows.push({ label: label.where, value: place, ...(isWebAddress(place) ? { href: place } : {}) });
	const url = conference?.url ?? "";
	if (isWebAddress(url)) rows.push({ label: label.video, value: oneLine(url, 1_000), href: url });
	return rows;
}

function peopleRows({ participants }: CalendarEvent, organizer: string, { label, moreGuests }: Phrases): Row[] {
	const guests = participants.filter((one) => !one.organizer).map(({ name, email }) => oneLine(name || email));
	const named = guests.slice(0, MOST_GUESTS_NAMED);
	const more = guests.length - named.length;
	const list = [...named, ...(more > 0 ? [moreGuests(more)] : [])].join(", ");
	return [{ label: label.organizer, value: organizer }, ...(list === "" ? [] : [{ label: label.guests, value: list }])];
}
