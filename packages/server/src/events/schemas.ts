import { z } from "zod";

/** Wire shapes of events (the API's contract), shared by every endpoint that answers one. */

export const EventParams = z.object({ id: z.string().max(100) });

export const EventDateTimeSchema = z
	.union([
		z.strictObject({
			date_time: z.string().describe("RFC 3339 with offset; floating times carry none"),
			time_zone: z.string().nullable().describe("IANA name; null for floating times and zones without a name"),
		}),
		z.strictObject({ date: z.string().describe("YYYY-MM-DD; as an end it is exclusive") }),
	])
	.meta({ id: "EventDateTime" });

const ParticipantSchema = z
	.strictObject({
		email: z.string(),
		name: z.string().nullable(),
		response: z.enum(["needs_action", "accepted", "declined", "tentative"]),
		optional: z.boolean(),
		organizer: z.boolean(),
		self: z.boolean(),
	})
	.meta({ id: "Participant" });

const RemindersSchema = z
	.strictObject({
		use_default: z.boolean(),
		overrides: z.array(z.strictObject({ method: z.enum(["popup", "email"]), minutes: z.int() })),
	})
	.meta({ id: "Reminders" });

export const EventSchema = z
	.strictObject({
		id: z.string(),
		calendar_id: z.string(),
		connection_id: z.string(),
		provider: z.string(),
		provider_event_id: z.string().describe("empty until the provider has a new event"),
		ical_uid: z.string(),
		title: z.string(),
		description: z.string(),
		location: z.string(),
		status: z.enum(["confirmed", "tentative", "cancelled"]),
		start: EventDateTimeSchema,
		end: EventDateTimeSchema,
		all_day: z.boolean(),
		recurrence: z.array(z.string()).nullable().describe("RRULE, RDATE and EXDATE lines of a series' master"),
		recurring_event_id: z.string().nullable().describe("the master, on an occurrence of a series"),
		original_start: EventDateTimeSchema.nullable().describe("the slot in the series, unchanged when moved"),
		participants: z.array(ParticipantSchema),
		reminders: RemindersSchema,
		visibility: z.enum(["default", "public", "private"]),
		busy: z.boolean(),
		color: z.string().nullable(),
		categories: z.array(z.string()),
		conference: z
			.strictObject({
				url: z.string(),
				provider: z.string().nullable(),
				create: z
					.literal(true)
					.optional()
					.describe("The provider has been asked to make it; until it has, url is empty."),
			})
			.nullable(),
		attachments: z.array(
			z.strictObject({ url: z.string(), title: z.string().nullable(), mime_type: z.string().nullable() }),
		),
		html_link: z.string().nullable(),
		read_only: z.boolean(),
		etag: z.string(),
		sync: z.strictObject({
			state: z.enum(["synced", "pending", "failed"]),
			error: z
				.strictObject({ code: z.string(), detail: z.string(), fix: z.string().nullable() })
				.optional()
				.describe("Why the provider has not got it yet, or has refused it."),
		}),
		created_at: z.string(),
		updated_at: z.string(),
	})
	.meta({ id: "Event" });

/** What an event says, as it was at some time: without what Kalends knows about it now. */
export const EventContentSchema = EventSchema.pick({
	ical_uid: true,
	title: true,
	description: true,
	location: true,
	status: true,
	start: true,
	end: true,
	all_day: true,
	recurrence: true,
	original_start: true,
	participants: true,
	reminders: true,
	visibility: true,
	busy: true,
	color: true,
	categories: true,
	conference: true,
	attachments: true,
	html_link: true,
}).meta({ id: "EventContent" });

export type WireEventContent = z.infer<typeof EventContentSchema>;
export type WireEvent = z.infer<typeof EventSchema>;
export type WireEventDateTime = z.infer<typeof EventDateTimeSchema>;
