import type { CalendarEvent } from "../../event/event.ts";
import { defineField, type Field } from "../field.ts";
import type { ReadContext } from "../read/context.ts";
import { type Component, propertyOf } from "../syntax/component.ts";
import { contentLine } from "../syntax/content-line.ts";
import { escapeText, unescapeText } from "../syntax/text-value.ts";

/** Longer texts are cut in the canonical event; the raw body keeps them whole. */
export const MAX_TEXT = 256 * 1024;

export function readText(component: Component, name: string, context: ReadContext): string {
	const line = propertyOf(component, name);
	if (line === undefined) return "";
	const text = unescapeText(line.value);
	if (text.length <= MAX_TEXT) return text;
	context.warn(`${name} is longer than ${MAX_TEXT} characters and is shown cut.`);
	return text.slice(0, MAX_TEXT).toWellFormed();
}

/**
 * A field that is one TEXT property. `variants` are other properties that say the same in another form; they are
 * never read, and go when the text changes, so that no reader shows the old one.
 */
export function textField<Key extends "title" | "description" | "location">(
	key: Key,
	name: string,
	variants: readonly string[] = [],
): Field<Key> {
	return defineField<Key>({
		keys: [key],
		names: [name, ...variants],
		read: (component, context) => ({ [key]: readText(component, name, context) }) as Pick<CalendarEvent, Key>,
		write: (event) => ({ lines: event[key] === "" ? [] : [contentLine(name, escapeText(event[key]))] }),
	});
}
