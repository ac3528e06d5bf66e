import type { CalendarEvent } from "@kalends/model";

const LONGEST = 20_000;

/** The text that `q` searches, lower case: title, place, description, categories and the people. */
export function searchText(event: CalendarEvent): string {
	const people = event.participants.flatMap(({ name, email }) => (name === null ? [email] : [name, email]));
	const text = [event.title, event.location, event.description, ...event.categories, ...people]
		.filter((text) => text !== "")
		.join("\n")
		.slice(0, LONGEST);
	return searchKey(text);
}

/** Texts that people take for the same, whatever their case and however their letters are composed, are one key. */
export function searchKey(text: string): string {
	return text.toLowerCase().normalize("NFC");
}
