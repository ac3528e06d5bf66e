import { textOf } from "../types.ts";
import { defineField } from "./field.ts";

/** `description`: as it is written, HTML included. */
export const description = defineField<"description">({
	keys: ["description"],
	read: (event) => ({ description: textOf(event.description) }),
	write: (event) => ({ description: event.description === "" ? null : event.description }),
});

export const location = defineField<"location">({
	keys: ["location"],
	read: (event) => ({ location: textOf(event.location) }),
	write: (event) => ({ location: event.location === "" ? null : event.location }),
});

/** `html_link`: Google's own page of the event. */
export const htmlLink = defineField<"html_link">({
	keys: ["html_link"],
	read: (event) => ({ html_link: textOf(event.htmlLink) || null }),
});
