import { type CalendarEvent, originalStartKey } from "@kalends/model";
import type { MapContext } from "../fields/field.ts";
import { attendeesOf, participants } from "../fields/participants.ts";
import { type GoogleSeries, placed } from "../series.ts";
import type { EventBody, GoogleEvent } from "../types.ts";

export interface Answer {
	readonly event: GoogleEvent;
	readonly body: EventBody;
}

/**
 * The person's own responses, each as the one change of its event that Google passes on to the organizer.
 * @returns null where an instance is answered that is no exception yet, so that more than a patch is needed
 */
export function planResponses(
	base: GoogleSeries,
	before: readonly CalendarEvent[],
	wanted: readonly CalendarEvent[],
	context: MapContext,
): readonly Answer[] | null {
	const master = before.find(({ recurrence_id }) => recurrence_id === null);
	const exceptions = master === undefined ? [] : placed(base, master, context);
	const bySlot = new Map(exceptions.map(({ event, slot }) => [originalStartKey(slot), event]));
	const old = new Map(before.map((event) => [keyOf(event), event]));
	const answers: Answer[] = [];
	for (const event of wanted) {
		const was = old.get(keyOf(event));
		if (was === undefined) return null;
		const answer = event.participants.find(({ self }) => self);
		const present = was.participants.find(({ self }) => self);
		if (answer === undefined || present === undefined) continue;
		if (answer.response === present.response && answer.comment === present.comment) continue;
		const target = master === undefined || event.recurrence_id === null ? base.event : bySlot.get(keyOf(event));
		if (target === undefined) return null;
		const { comment: _, ...rest } = present;
		const mine = {
			...rest,
			response: answer.response,
			...(answer.comment === undefined ? {} : { comment: answer.comment }),
		};
		const changed = { ...was, participants: was.participants.map((each) => (each.self ? mine : each)) };
		const body = participants.write?.(changed, target, context) ?? {};
		answers.push({ event: target, body: target.attendeesOmitted === true ? ownOnly(body) : body });
	}
	return answers;
}

/** Of a list that is not shown whole, the one entry may be sent alone (`attendeesOmitted`). */
function ownOnly(body: EventBody): EventBody {
	const attendees = attendeesOf({ id: "", attendees: body.attendees ?? [] }).filter(({ self }) => self === true);
	return { attendees: [...attendees], attendeesOmitted: true };
}

function keyOf({ recurrence_id }: CalendarEvent): string {
	return recurrence_id === null ? "" : originalStartKey(recurrence_id);
}
