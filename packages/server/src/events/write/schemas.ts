import { z } from "zod";
import { EventSchema } from "../schemas.ts";
import { AttachmentsInput, CategoriesInput, ColorInput, ConferenceInput, RemindersInput } from "./details-from-wire.ts";
import { ParticipantsInput } from "./participants-from-wire.ts";
import { contextFreeFaults } from "./patch-from-wire.ts";
import { textInput } from "./text-from-wire.ts";
import { TimeInput } from "./time-from-wire.ts";

/** What a person can set, and what is asked for beside it. Null clears, or leaves a new event's default. */
const content = {
	title: textInput(4_000).nullable().optional(),
	description: textInput(262_144).nullable().optional(),
	location: textInput(4_000).nullable().optional(),
	status: z.enum(["confirmed", "tentative", "cancelled"]).nullable().optional(),
	recurrence: z
		.array(z.string().max(20_000, "At most 20000 characters."))
		.max(100, "At most 100 lines.")
		.nullable()
		.optional()
		.describe(
			"RRULE, RDATE and EXDATE lines (RFC 5545 §3.8.5), e.g. RRULE:FREQ=WEEKLY;BYDAY=MO. Null: it happens once.",
		),
	participants: ParticipantsInput.nullable().optional(),
	reminders: RemindersInput.nullable().optional().describe("Null: the calendar's defaults."),
	visibility: z.enum(["default", "public", "private"]).nullable().optional(),
	busy: z.boolean().nullable().optional(),
	color: ColorInput.nullable().optional(),
	categories: CategoriesInput.nullable().optional(),
	conference: ConferenceInput.nullable().optional(),
	attachments: AttachmentsInput.nullable().optional(),
} as const;

const calendarId = z.string().max(100).optional();

/** PATCH: merge-patch (RFC 7396); lists are replaced. */
export const EventPatchSchema = z
	.strictObject({
		calendar_id: calendarId.describe(
			"Another calendar, also of another account: the event moves there, a series with scope=all only, and has a new id then.",
		),
		...content,
		start: TimeInput.nullable().optional(),
		end: TimeInput.nullable().optional(),
	})
	.superRefine(crossFieldFaults, { when: () => true });
export type EventPatchBody = z.output<typeof EventPatchSchema>;

export const NewEventSchema = z
	.strictObject({
		calendar_id: calendarId.describe(
			"Unless told, the first primary calendar that can be written, Google's before others, else the first such calendar.",
		),
		...content,
		start: TimeInput,
		end: TimeInput.nullable()
			.optional()
			.describe("After the start, exclusive; of an all-day event one day unless told."),
	})
	.superRefine((body, context) => crossFieldFaults(body, context, true), { when: () => true });
export type NewEventBody = z.output<typeof NewEventSchema>;

/** Also told where other fields are at fault, so that all faults come at once. */
function crossFieldFaults(body: unknown, context: z.core.$RefinementCtx, isNew = false): void {
	if (typeof body !== "object" || body === null || Array.isArray(body)) return;
	const broken = new Set(context.issues.map(({ path }) => path?.[0]));
	const whole = Object.fromEntries(Object.entries(body).filter(([name]) => !broken.has(name)));
	for (const { field, detail } of contextFreeFaults(whole as EventPatchBody, { isNew, broken })) {
		context.addIssue({ code: "custom", path: [field], message: detail });
	}
}

const flag = z.enum(["true", "false"]).default("false");

export const DryRunQuery = z.object({
	dry_run: flag.describe("Answers what would change and who would be mailed, and changes nothing."),
});

export const EditQuery = DryRunQuery.extend({
	scope: z
		.enum(["this", "following", "all"])
		.optional()
		.describe("Of a series or one of its occurrences: which occurrences are meant. Needed there."),
});

/** Request headers of PATCH and DELETE, for the document. */
export const IF_MATCH = {
	"If-Match": z
		.string()
		.max(1000)
		.optional()
		.describe("The event's etag as it was read, of a series the series': 412 where the event has changed since."),
} as const;

const WouldBeEvent = EventSchema.extend({
	id: z.string().nullable().describe("Null: it would be given one."),
	provider_event_id: z.string().nullable(),
	etag: z.string().nullable(),
	sync: z.null(),
}).meta({ id: "WouldBeEvent" });
export type WouldBeEvent = z.infer<typeof WouldBeEvent>;

const { start, original_start } = EventSchema.shape;

export const DryRunSchema = z
	.strictObject({
		dry_run: z.literal(true),
		event: WouldBeEvent.nullable().describe("As it would be; null: it would be gone."),
		changes: z
			.record(z.string(), z.strictObject({ before: z.unknown(), after: z.unknown() }))
			.describe("By field of the event. Of a new event there are none."),
		created: WouldBeEvent.nullable().describe("The new series that scope=following would make."),
		occurrences: z
			.array(
				z.strictObject({
					original_start: start,
					action: z.enum(["added", "removed", "changed"]),
					start: start.describe("Where it would be; of a removed one, where it is."),
					end: start,
				}),
			)
			.describe(
				"Those from 30 days back to 400 days ahead that would change, at most 500; of a new event those of six years from its start.",
			),
		dropped: z
			.array(z.strictObject({ id: z.string(), original_start: original_start, title: z.string(), reason: z.string() }))
			.describe("Changed occurrences whose changes could not be kept."),
		mails: z.array(z.string()).describe("Who would be told by mail, by Kalends or by the provider."),
	})
	.meta({ id: "DryRun" });
export type DryRun = z.infer<typeof DryRunSchema>;
