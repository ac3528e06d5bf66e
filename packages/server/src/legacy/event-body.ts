import { z } from "zod";
import { EventPatchSchema, NewEventSchema } from "../events/write/schemas.ts";
import { zoneFromWire } from "../events/write/zone-from-wire.ts";
import { faultSentence } from "../http/fault-sentence.ts";
import { parseParts } from "../http/validation.ts";
import { olderField } from "./field-messages.ts";

const REQUIRED = "This field is required.";
/** What it must be, in words, with an example; faults of other kinds have sentences of their own. */
const must = (be: string, example: unknown, orNull = "") => ({
	error: ({ code, input }: { readonly code?: string; readonly input?: unknown }) => {
		if (input === undefined) return REQUIRED;
		const isKind = code === "invalid_type" || code === "invalid_union";
		return isKind ? `This must be ${be}, e.g. ${JSON.stringify(example)}${orNull}.` : undefined;
	},
});
const calendarId = z.string(must("text", "cal_…")).max(100);

const participants = z
	.array(
		z.string(must("an e-mail address", "ann@example.com")).max(320, "An e-mail address has at most 320 characters."),
		must("a list of e-mail addresses", ["ann@example.com"]),
	)
	.max(501, "An event can have at most 500 guests.")
	.describe("E-mail addresses. Each is told by mail of what is written.");
const time = z
	.string(must("text", "2026-12-05T09:00:00Z"))
	.max(40)
	.describe(
		"RFC 3339; fractions of a second are dropped. Without offset it is the wall clock of `time_zone`. Of an all-day event YYYY-MM-DD.",
	);
const zone = z
	.union([z.string().max(100), z.null()], must("the name of a time zone", "Europe/Berlin", ", or null"))
	.describe(
		"IANA or Windows name. Null: a time without offset is the same wall clock everywhere. Sent in a PATCH without times it " +
			"keeps the wall clock, so the event moves to that hour of the other zone; to keep the moment, send the times too.",
	);
const text = z.string(must("text", "Lunch")).max(262_144).nullable().optional();
const ignored = z
	.string(must("text", "evt_1"))
	.max(2_048)
	.nullable()
	.optional()
	.describe("What is sent is not looked at.");

const details = {
	title: text,
	description: text,
	location: text,
	id: ignored,
	google_calendar_event_id: ignored,
} as const;
/** Of an event that is there. */
const target = {
	calendar_id: calendarId.optional().describe("Another calendar than its own: the event moves there."),
} as const;
const times = { participants, start_time: time, end_time: time, time_zone: zone } as const;

/** POST. */
export const NewOlderEventSchema = z
	.strictObject({
		...times,
		...details,
		calendar_id: calendarId
			.optional()
			.describe("Unless told, the first primary calendar that can be written, Google's before others, else the first."),
	})
	.superRefine(furtherFaults(NewEventSchema), { when: () => true });

/** PUT: what is optional and left out stays. */
export const WholeOlderEventSchema = z
	.strictObject({ ...times, ...details, ...target })
	.superRefine(furtherFaults(EventPatchSchema), { when: () => true });

export const OlderEventPatchSchema = z
	.strictObject({
		participants: participants.optional(),
		start_time: time.optional(),
		end_time: time.optional(),
		time_zone: zone.optional(),
		...details,
		...target,
	})
	.superRefine(furtherFaults(EventPatchSchema), { when: () => true });

export type OlderEventBody = z.output<typeof OlderEventPatchSchema>;

/**
 * A body as /v1 takes it, not yet checked.
 * @param allDay whether the event that is changed has days, which have no zone
 */
export function bodyOfV1(body: OlderEventBody, allDay = false): Readonly<Record<string, unknown>> {
	const { participants, start_time, end_time, time_zone, title, description, location, calendar_id } = body;
	const moved = start_time !== undefined || end_time !== undefined;
	const start = start_time === undefined ? undefined : timeOfV1(start_time, time_zone);
	const end = end_time === undefined ? undefined : timeOfV1(end_time, time_zone);
	const rezoned = !moved && typeof time_zone === "string" && !allDay ? { time_zone } : undefined;
	const all = {
		calendar_id,
		title,
		description,
		location,
		participants: participants?.map((email) => ({ email })),
		start: start ?? rezoned,
		end: end ?? rezoned,
	};
	return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** Checked by the code that checks /v1's. @throws Problem `invalid_request` with /v1's names */
export function readAsV1<S extends z.ZodType>(schema: S, body: Readonly<Record<string, unknown>>): z.output<S> {
	const [read] = parseParts([{ schema, value: body, where: "body" }]);
	return read as z.output<S>;
}

const DAY = /^\d{4}-\d\d-\d\d$/;
const OFFSET = /(?:[Zz]|[+-]\d\d:?\d\d)$/;

/**
 * Where a time has an offset, that is what counts, and the zone is the one that it is shown in: clients of the older
 * interfaces send UTC beside the zone of the person.
 */
function timeOfV1(written: string, zone: string | null | undefined): Readonly<Record<string, unknown>> {
	const given = written.trim();
	if (DAY.test(given)) return { date: given };
	const named = zone === undefined ? {} : { time_zone: zone };
	if (!OFFSET.test(given)) return { date_time: given, ...named };
	const date_time = given.replace(/([+-]\d\d)(\d\d)$/, "$1:$2");
	const name = typeof zone === "string" ? zoneFromWire(zone) : null;
	return { date_time: name === null ? date_time : inZone(date_time, name), ...named };
}

/** As it was, where it is no time: whoever checks it says so. */
function inZone(text: string, zone: string): string {
	try {
		const there = Temporal.Instant.from(text.replace(" ", "T").replace(/\.\d+/, "")).toZonedDateTimeISO(zone);
		return there.toString({ timeZoneName: "never" });
	} catch {
		return text;
	}
}

/** With a fault of form the request ends before it is looked at as a whole, so what else can be told is told now. */
function furtherFaults(schema: z.ZodType): (body: unknown, context: z.core.$RefinementCtx) => void {
	return (body, context) => {
		if (typeof body !== "object" || body === null || Array.isArray(body) || context.issues.length === 0) return;
		const broken = new Set(context.issues.map(({ path }) => path?.[0]));
		const known = Object.keys(OlderEventPatchSchema.shape);
		const whole = Object.entries(body).filter(([name]) => known.includes(name) && !broken.has(name));
		const read = schema.safeParse(bodyOfV1(Object.fromEntries(whole) as OlderEventBody), { error: faultSentence });
		for (const { path, message } of read.error?.issues ?? []) {
			const field = olderField(path.join("."));
			// What needs the other half of the times is told once that is there.
			if (!broken.has(field)) context.addIssue({ code: "custom", path: [field], message });
		}
	};
}
