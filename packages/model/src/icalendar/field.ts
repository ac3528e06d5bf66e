import type { CalendarEvent } from "../event/event.ts";
import type { ReadContext } from "./read/context.ts";
import type { Component } from "./syntax/component.ts";

/** The content lines (unfolded) and sub-components that a field is written as. */
export interface FieldLines {
	readonly lines: readonly string[];
	/** All sub-components that the field owns; absent where it owns none. */
	readonly components?: readonly Component[];
}

/**
 * One field of the canonical event, in both directions.
 * `write(read(component))` keeps what the field means; `base` lets it keep what it cannot mean.
 */
export interface Field<Key extends keyof CalendarEvent> {
	/** What the field fills of the canonical event. */
	readonly keys: readonly Key[];
	/** The properties that it owns, upper case. */
	readonly names: readonly string[];
	/** Sub-components that it owns. */
	readonly componentNames?: readonly string[];
	read(component: Component, context: ReadContext): Pick<CalendarEvent, Key>;
	/** All lines of the owned properties; those of `base` that it does not understand are given back as they were. */
	write(event: CalendarEvent, base: Component | null, context: ReadContext): FieldLines;
	/** True where both mean the same; structural equality unless given. */
	same?(a: Pick<CalendarEvent, Key>, b: Pick<CalendarEvent, Key>): boolean;
	/**
	 * True where the lines of `base` have to be written anew though the field is unchanged: they break RFC 5545, or
	 * mean something else once another field has changed.
	 */
	stale?(event: CalendarEvent, base: Component, context: ReadContext): boolean;
}

/** Keeps the types of a field's keys where fields of different keys stand in one list. */
export function defineField<Key extends keyof CalendarEvent>(field: Field<Key>): Field<Key> {
	return field;
}
