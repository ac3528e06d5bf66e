import type { CalendarEvent } from "../../event/event.ts";
import type { Field } from "../field.ts";
import { attachments } from "./attachments.ts";
import { busy } from "./busy.ts";
import { categories } from "./categories.ts";
import { color } from "./color.ts";
import { conference } from "./conference.ts";
import { description } from "./description.ts";
import { htmlLink } from "./html-link.ts";
import { location } from "./location.ts";
import { participants } from "./participants.ts";
import { recurrence } from "./recurrence.ts";
import { recurrenceId } from "./recurrence-id.ts";
import { reminders } from "./reminders.ts";
import { sequence } from "./sequence.ts";
import { status } from "./status.ts";
import { summary } from "./summary.ts";
import { times } from "./times.ts";
import { timestamps } from "./timestamps.ts";
import { visibility } from "./visibility.ts";

/** Every field but UID, in the order in which a new component is written. */
export const FIELDS = [
	recurrenceId,
	times,
	recurrence,
	summary,
	description,
	location,
	status,
	visibility,
	busy,
	color,
	categories,
	participants,
	conference,
	attachments,
	htmlLink,
	sequence,
	timestamps,
	reminders,
] as const;

type KeyOf<F> = F extends Field<infer Key> ? Key : never;
/** Fails to compile where a key of the canonical event has no field: all but these come from the group. */
type Unmapped = Exclude<keyof CalendarEvent, KeyOf<(typeof FIELDS)[number]> | "uid" | "custom_zones">;
export const EVERY_KEY_HAS_A_FIELD: [Unmapped] extends [never] ? true : Unmapped = true;
