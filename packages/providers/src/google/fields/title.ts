import type { GoogleEvent } from "../types.ts";
import { textOf } from "../types.ts";
import { defineField } from "./field.ts";

/** `title`: `summary`; what has none is called by what it is, as Google's own pages do. */
export const title = defineField<"title">({
	keys: ["title"],
	read: (event, { hidden }) => ({ title: textOf(event.summary) || (hidden ? "Busy" : nameOfKind(event)) }),
	write: (event, base) => {
		const isNameOfKind = base !== null && textOf(base.summary) === "" && event.title === nameOfKind(base);
		return { summary: isNameOfKind ? "" : event.title };
	},
});

function nameOfKind(event: GoogleEvent): string {
	switch (event.eventType) {
		case "outOfOffice":
			return "Out of office";
		case "focusTime":
			return "Focus time";
		case "birthday":
			return "Birthday";
		case "workingLocation":
			return workingLocation(event);
	}
	return isStub(event) ? "Busy" : "";
}

function workingLocation({ workingLocationProperties: properties }: GoogleEvent): string {
	switch (properties?.type) {
		case "homeOffice":
			return "Home";
		case "officeLocation":
			return textOf(properties.officeLocation?.label) || "Office";
		case "customLocation":
			return textOf(properties.customLocation?.label) || "Working location";
	}
	return "Working location";
}

/** Somebody else's private event, of which the account sees only when it is. */
export function isStub({ summary, visibility, organizer, creator }: GoogleEvent): boolean {
	const isPrivate = visibility === "private" || visibility === "confidential";
	return isPrivate && summary == null && organizer?.self !== true && creator?.self !== true;
}
