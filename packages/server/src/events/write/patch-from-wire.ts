import { isDeepStrictEqual } from "node:util";
import {
	type CalendarEvent,
	checkRecurrence,
	type EventDateTime,
	type EventPatch,
	type Reminders,
} from "@kalends/model";
import type { ProviderCapabilities } from "@kalends/providers";
import type { FieldFault } from "../../http/errors.ts";
import { attachmentsFromWire, conferenceFromWire, remindersFromWire } from "./details-from-wire.ts";
import { participantsFromWire } from "./participants-from-wire.ts";
import type { EventPatchBody } from "./schemas.ts";
import { timesFromWire } from "./times-from-wire.ts";

/** What is there of the event that a request changes. */
export interface PresentEvent
	extends Pick<
		CalendarEvent,
		"recurrence" | "participants" | "reminders" | "conference" | "attachments" | "custom_zones"
	> {
	/** Null: of a new event, which has none yet. */
	readonly start: EventDateTime | null;
	readonly end: EventDateTime | null;
}

export interface WireContext {
	/** The person's own addresses, lower case. */
	readonly own: ReadonlySet<string>;
	/** The calendar's. */
	readonly defaultReminders: Reminders["overrides"];
	/** What the calendar's provider can. */
	readonly can: Pick<ProviderCapabilities, "makesConferences" | "keepsDefaultReminders" | "cancelsByDeleting">;
}

export interface ReadPatch {
	readonly patch: EventPatch;
	readonly faults: readonly FieldFault[];
}

/** What null means for each field that has no unit of its own. */
const CLEARED = {
	title: "",
	description: "",
	location: "",
	status: "confirmed",
	visibility: "default",
	busy: true,
	color: null,
	categories: [],
} as const satisfies EventPatch;
const PLAIN = Object.keys(CLEARED) as (keyof typeof CLEARED)[];

/** The change that a body asks for, in model form, with everything that is wrong with it beside what is there. */
export function patchFromWire(body: EventPatchBody, present: PresentEvent, context: WireContext): ReadPatch {
	const faults: FieldFault[] = [];
	const plain = PLAIN.filter((name) => body[name] !== undefined).map((name) => [name, body[name] ?? CLEARED[name]]);
	const times = readTimes(body, present, faults);
	if (body.status === "cancelled" && context.can.cancelsByDeleting) {
		faults.push({ field: "status", detail: present.start === null ? NOTHING_TO_CANCEL : CANCEL_BY_DELETING });
	}
	return {
		patch: {
			...(Object.fromEntries(plain) as EventPatch),
			...times.patch,
			...readRecurrence(body, present, times, faults),
			...readDetails(body, present, context, faults),
		},
		faults,
	};
}

const NOTHING_TO_CANCEL = "In this calendar a cancelled event is a deleted one, so none can be made as cancelled.";
const CANCEL_BY_DELETING =
	"In this calendar a cancelled event is a deleted one: send DELETE for it, which tells its guests that it is cancelled.";

interface PatchedTimes {
	readonly patch: Pick<EventPatch, "start" | "end">;
	readonly start: EventDateTime | null;
	readonly fixedStart: boolean;
}

function readTimes(body: EventPatchBody, present: PresentEvent, faults: FieldFault[]): PatchedTimes {
	const sent = body.start !== undefined || body.end !== undefined || present.start === null;
	if (!sent) return { patch: {}, start: present.start, fixedStart: false };
	const {
		start,
		end,
		fixedStart,
		faults: found,
	} = timesFromWire(
		{ start: body.start, end: body.end },
		{ start: present.start, end: present.end, customZones: present.custom_zones ?? {} },
	);
	faults.push(...found);
	const same = isDeepStrictEqual(start, present.start) && isDeepStrictEqual(end, present.end);
	return { patch: start === null || end === null || same ? {} : { start, end }, start, fixedStart };
}

function readRecurrence(
	{ recurrence }: EventPatchBody,
	present: PresentEvent,
	{ start, fixedStart }: PatchedTimes,
	faults: FieldFault[],
): Pick<EventPatch, "recurrence"> {
	const recurs = recurrence === undefined ? present.recurrence !== null : (recurrence?.length ?? 0) > 0;
	if (recurs && fixedStart) faults.push({ field: "start.time_zone", detail: NEEDS_ZONE });
	if (recurrence === undefined) return {};
	if (recurrence === null) return { recurrence: null };
	const { lines, faults: found } = checkRecurrence(recurrence, {
		start,
		known: present.recurrence ?? [],
		customZones: present.custom_zones ?? {},
	});
	faults.push(...found.map(({ index, detail }) => ({ field: `recurrence[${index}]`, detail })));
	return { recurrence: lines.length === 0 ? null : lines };
}

const NEEDS_ZONE =
	"A series needs a time zone: by this offset alone its times would be wrong once the clocks change. Send time_zone.";

function readDetails(
	body: EventPatchBody,
	present: PresentEvent,
	{ own, defaultReminders, can }: WireContext,
	faults: FieldFault[],
): EventPatch {
	const patch: { -readonly [Name in keyof EventPatch]: EventPatch[Name] } = {};
	if (body.participants !== undefined) {
		const read = participantsFromWire(body.participants ?? [], present.participants, own);
		faults.push(...read.faults);
		patch.participants = read.participants;
	}
	if (body.reminders !== undefined) {
		const keeps = can.keepsDefaultReminders === true;
		patch.reminders = remindersFromWire(body.reminders, present.reminders, defaultReminders, keeps);
	}
	if (body.conference !== undefined) {
		const read = conferenceFromWire(body.conference, present.conference, can.makesConferences === true);
		faults.push(...read.faults);
		patch.conference = read.conference;
	}
	if (body.attachments !== undefined) {
		const read = attachmentsFromWire(body.attachments ?? [], present.attachments);
		faults.push(...read.faults);
		patch.attachments = read.attachments;
	}
	return patch;
}

/** What a new event has before anything is said. */
export const NOTHING: PresentEvent = {
	start: null,
	end: null,
	recurrence: null,
	participants: [],
	reminders: { use_default: false, overrides: [] },
	conference: null,
	attachments: [],
};

/**
 * What is wrong with the fields of a body that are right each by itself; of a change, where it can be told without knowing
 * the event.
 *
 * @param broken fields that are at fault by themselves and not in `body`
 */
export function contextFreeFaults(
	body: EventPatchBody,
	{ isNew, broken }: { readonly isNew: boolean; readonly broken: ReadonlySet<unknown> },
): readonly FieldFault[] {
	const context: WireContext = { own: new Set(), defaultReminders: [], can: { makesConferences: true } };
	const timesKnown = !broken.has("start") && !broken.has("end");
	if (isNew && timesKnown) return patchFromWire(body, NOTHING, context).faults;
	// With another fault the request ends here, so what can be told is told now; without one it is told beside the event.
	if (!isNew && broken.size === 0) return [];
	const { start, end, ...others } = body;
	const faults: FieldFault[] = [];
	let known: EventDateTime | null = null;
	if (timesKnown && isWhole(start) && isWhole(end)) {
		const read = timesFromWire({ start, end }, { start: null, end: null });
		faults.push(...read.faults);
		known = read.start;
	}
	if (others.recurrence != null) {
		const { faults: found } = checkRecurrence(others.recurrence, { start: known, known: [] });
		faults.push(...found.map(({ index, detail }) => ({ field: `recurrence[${index}]`, detail })));
	}
	return isNew ? [...faults, ...readableFaults(others, context)] : faults;
}

function readableFaults(body: EventPatchBody, context: WireContext): readonly FieldFault[] {
	const faults: FieldFault[] = [];
	readDetails(body, NOTHING, context, faults);
	return faults;
}

function isWhole(written: EventPatchBody["start"]): boolean {
	if (written == null) return false;
	if (written.date !== null) return true;
	return written.clock !== null && (written.clock.offset !== null || written.zone !== undefined);
}
