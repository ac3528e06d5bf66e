import type { CalendarEvent, EventDateTime, Reminder } from "../../event/event.ts";
import { durationMilliseconds, formatDuration, parseDuration } from "../../time/duration.ts";
import { exactBetween } from "../../time/event-time.ts";
import { MINUTE } from "../../time/wall-clock.ts";
import { readTimeLine } from "../date-value.ts";
import { defineField } from "../field.ts";
import type { ReadContext } from "../read/context.ts";
import { type Component, propertyOf } from "../syntax/component.ts";
import { contentLine, paramOf, parseContentLine } from "../syntax/content-line.ts";
import { escapeText } from "../syntax/text-value.ts";
import { calAddress } from "./cal-address.ts";
import { times } from "./times.ts";

const METHODS: ReadonlyMap<string, Reminder["method"]> = new Map([
	["DISPLAY", "popup"],
	["AUDIO", "popup"],
	["EMAIL", "email"],
]);

interface Span {
	readonly start: EventDateTime;
	readonly end: EventDateTime;
	readonly recurs: boolean;
}

/** The reminder that a VALARM means; null where it is of another kind or at no whole minute before the start. */
function toReminder(alarm: Component, event: Span, context: ReadContext): Reminder | null {
	const method = METHODS.get(propertyOf(alarm, "ACTION")?.value.trim().toUpperCase() ?? "");
	const trigger = propertyOf(alarm, "TRIGGER");
	if (method === undefined || trigger === undefined) return null;
	const duration = parseDuration(trigger.value);
	let beforeStart: number;
	if (duration !== null) {
		const fromEnd = paramOf(trigger, "RELATED")?.toUpperCase() === "END";
		beforeStart = -durationMilliseconds(duration) - (fromEnd ? exactBetween(event.start, event.end) : 0);
	} else {
		// An absolute trigger belongs to one instant; a series, a day and a floating time have none to measure from.
		const at = readTimeLine(trigger, context);
		if (at?.type !== "zoned" || event.start.type !== "zoned" || event.recurs) return null;
		beforeStart = exactBetween(at, event.start);
	}
	return beforeStart % MINUTE === 0 ? { method, minutes: beforeStart === 0 ? 0 : beforeStart / MINUTE } : null;
}

function spanOf(component: Component, context: ReadContext): Span {
	const { start, end } = times.read(component, context);
	const recurs = propertyOf(component, "RRULE") !== undefined || propertyOf(component, "RDATE") !== undefined;
	return { start, end, recurs };
}

const sameReminder = (a: Reminder, b: Reminder): boolean => a.method === b.method && a.minutes === b.minutes;

function fromReminder(reminder: Reminder, event: CalendarEvent, { ownAddress }: ReadContext): Component {
	const trigger = formatDuration({ days: 0, milliseconds: -reminder.minutes * MINUTE });
	const text = escapeText(event.title === "" ? "Reminder" : event.title);
	const lines = [`ACTION:${reminder.method === "email" ? "EMAIL" : "DISPLAY"}`, `TRIGGER:${trigger}`];
	lines.push(`DESCRIPTION:${text}`);
	if (reminder.method === "email") {
		lines.push(`SUMMARY:${text}`);
		const recipient = event.participants.find(({ self }) => self)?.email ?? ownAddress;
		if (recipient !== undefined) lines.push(contentLine("ATTENDEE", calAddress(recipient)));
	}
	return {
		name: "VALARM",
		properties: lines.map(parseContentLine).filter((line) => line !== null),
		components: [],
	};
}

/**
 * `reminders`: VALARM (RFC 5545 §3.6.6), each method and time once. Alarms of other kinds (ACTION:NONE, seconds, an
 * instant for a series) stay in the raw body, and so do sounds, repetitions and acknowledgements of those that stay.
 */
export const reminders = defineField<"reminders">({
	keys: ["reminders"],
	names: [],
	componentNames: ["VALARM"],
	read: (component, context) => {
		const overrides: Reminder[] = [];
		const alarms = component.components.filter(({ name }) => name === "VALARM");
		if (alarms.length > 0) {
			const span = spanOf(component, context);
			for (const alarm of alarms) {
				const reminder = toReminder(alarm, span, context);
				if (reminder !== null && !overrides.some((known) => sameReminder(known, reminder))) overrides.push(reminder);
			}
		}
		return { reminders: { use_default: false, overrides } };
	},
	write: (event, base, context) => {
		const alarms = base?.components.filter(({ name }) => name === "VALARM") ?? [];
		if (event.reminders.use_default) return { lines: [], components: alarms };
		const wanted = event.reminders.overrides;
		const keptReminders: Reminder[] = [];
		const kept = alarms.filter((alarm) => {
			const reminder = base === null ? null : toReminder(alarm, spanOf(base, context), context);
			if (reminder === null) return true;
			const stays = wanted.some((one) => sameReminder(one, reminder)) && !moves(alarm, event, reminder, context);
			if (stays) keptReminders.push(reminder);
			return stays;
		});
		const added = wanted.filter((one) => !keptReminders.some((reminder) => sameReminder(one, reminder)));
		return { lines: [], components: [...kept, ...added.map((one) => fromReminder(one, event, context))] };
	},
	same: (a, b) =>
		b.reminders.use_default ||
		(a.reminders.overrides.length === b.reminders.overrides.length &&
			a.reminders.overrides.every((one) => b.reminders.overrides.some((other) => sameReminder(one, other)))),
	stale: (event, base, context) =>
		base.components.some((alarm) => {
			const reminder = alarm.name === "VALARM" ? toReminder(alarm, spanOf(base, context), context) : null;
			return reminder !== null && moves(alarm, event, reminder, context);
		}),
});

/** True where an alarm that counts from the end, or stands at an instant, means another reminder once times have changed. */
function moves(alarm: Component, event: CalendarEvent, reminder: Reminder, context: ReadContext): boolean {
	const span = { start: event.start, end: event.end, recurs: event.recurrence !== null };
	const then = toReminder(alarm, span, context);
	return then === null || !sameReminder(then, reminder);
}
