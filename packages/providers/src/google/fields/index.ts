import type { CalendarEvent } from "@kalends/model";
import { attachments } from "./attachments.ts";
import { categories } from "./categories.ts";
import { color } from "./color.ts";
import { conference } from "./conference.ts";
import type { Field } from "./field.ts";
import { participants } from "./participants.ts";
import { recurrence } from "./recurrence.ts";
import { reminders } from "./reminders.ts";
import { busy, status, visibility } from "./states.ts";
import { description, htmlLink, location } from "./texts.ts";
import { times } from "./times.ts";
import { timestamps } from "./timestamps.ts";
import { title } from "./title.ts";

/** Every field but those that come of an event's place in its series. */
export const FIELDS = [
	title,
	description,
	location,
	status,
	times,
	recurrence,
	participants,
	reminders,
	visibility,
	busy,
	color,
	categories,
	conference,
	attachments,
	htmlLink,
	timestamps,
] as const;

type KeyOf<F> = F extends Field<infer Key> ? Key : never;
/** Fails to compile where a key of the canonical event has no field. */
type Unmapped = Exclude<
	keyof CalendarEvent,
	KeyOf<(typeof FIELDS)[number]> | "uid" | "recurrence_id" | "this_and_future" | "custom_zones"
>;
export const EVERY_KEY_HAS_A_FIELD: [Unmapped] extends [never] ? true : Unmapped = true;
