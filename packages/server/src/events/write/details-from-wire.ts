import { type Attachment, type Conference, conferenceProvider, isWebUri, type Reminders } from "@kalends/model";
import { z } from "zod";
import type { FieldFault } from "../../http/errors.ts";
import { lineInput } from "./text-from-wire.ts";

/** Reminders, conference link, attachments, categories and colour of a request: each read by itself. */

/** A year. */
const FARTHEST = 527_040;
const NEAR = "Use whole minutes, at most 527040 (a year); negative ones count from the start on.";

export const RemindersInput = z
	.strictObject({
		use_default: z
			.boolean()
			.optional()
			.describe("The calendar's default_reminders; where the provider knows none, they are written into the event."),
		overrides: z
			.array(
				z.strictObject({
					method: z.enum(["popup", "email"]),
					minutes: z.int(NEAR).min(-FARTHEST, NEAR).max(FARTHEST, NEAR).describe("Before the start."),
				}),
			)
			.max(20, "An event can have at most 20 reminders.")
			.optional(),
	})
	.refine(({ use_default, overrides }) => use_default !== true || !overrides?.length, {
		path: ["overrides"],
		message: "Send either use_default or reminders of its own, not both.",
	})
	.meta({ id: "WrittenReminders" });
export type RemindersInput = z.output<typeof RemindersInput>;

/**
 * @param present what the event has now
 * @param defaults the calendar's; written out where the provider keeps none of its own (`keeps`)
 */
export function remindersFromWire(
	input: RemindersInput | null,
	present: Reminders,
	defaults: Reminders["overrides"],
	keeps: boolean,
): Reminders {
	if (input !== null && input.use_default === undefined && input.overrides === undefined) return present;
	const useDefault = input === null || input.use_default === true;
	if (useDefault && keeps) return { use_default: true, overrides: [] };
	const wanted = useDefault ? defaults : (input.overrides ?? present.overrides);
	const distinct = new Map(wanted.map((one) => [`${one.method} ${one.minutes}`, one]));
	const overrides = [...distinct.values()].map((one) => ({ method: one.method, minutes: one.minutes + 0 }));
	return { use_default: false, overrides };
}

const NO_LINK = "This is no web address, such as https://example.com/room.";
const linkInput = z
	.string()
	.trim()
	.max(8192, "At most 8192 characters.")
	.refine((text) => isWebUri(text) && text.isWellFormed() && !/[\s\p{C}]/u.test(text) && URL.canParse(text), NO_LINK);

export const ConferenceInput = z
	.strictObject({
		url: linkInput.optional(),
		provider: lineInput(100).nullable().optional().describe("Told by the address where it is left out."),
		create: z
			.boolean()
			.optional()
			.describe("Makes a conference where the provider can (Google Meet) and the event has none."),
	})
	.refine(({ url, create }) => create !== true || url === undefined, {
		path: ["create"],
		message: "Send either the url of a conference or create, not both.",
	})
	.meta({ id: "WrittenConference" });
export type ConferenceInput = z.output<typeof ConferenceInput>;

/** @param makes whether the provider can make one */
export function conferenceFromWire(
	input: ConferenceInput | null,
	present: Conference | null,
	makes: boolean,
): { readonly conference: Conference | null; readonly faults: readonly FieldFault[] } {
	if (input === null) return { conference: null, faults: [] };
	if (input.create === true) {
		if (!makes) return { conference: present, faults: [{ field: "conference.create", detail: MAKES_NONE }] };
		return { conference: present ?? { url: "", provider: null, create: true }, faults: [] };
	}
	const url = input.url ?? present?.url;
	if (url === undefined) return { conference: present, faults: [{ field: "conference.url", detail: "Send the url." }] };
	if (present?.create === true && input.url === undefined) return { conference: present, faults: [] };
	const known = url === present?.url ? present.provider : conferenceProvider(url);
	return { conference: { url, provider: input.provider || known }, faults: [] };
}

const MAKES_NONE = "The provider of this calendar makes no conferences. Send the url of one instead.";

export const AttachmentsInput = z
	.array(
		z
			.strictObject({
				url: linkInput.describe("An https address; Kalends does not fetch it."),
				title: lineInput(500).nullable().optional(),
				mime_type: z
					.string()
					.max(200)
					.regex(/^[\w.+-]+\/[\w.+-]+$/, "Use a media type such as application/pdf.")
					.nullable()
					.optional(),
			})
			.meta({ id: "WrittenAttachment" }),
	)
	.max(50, "An event can have at most 50 attachments.")
	.superRefine((attachments, context) => {
		const seen = new Set<string>();
		for (const [index, { url }] of attachments.entries()) {
			if (seen.has(url)) {
				context.addIssue({ code: "custom", path: [index, "url"], message: "This attachment is given twice." });
			}
			seen.add(url);
		}
	});
export type AttachmentsInput = z.output<typeof AttachmentsInput>;

/** @param present the event's now: theirs may be http, as other programs wrote them */
export function attachmentsFromWire(
	input: AttachmentsInput,
	present: readonly Attachment[],
): { readonly attachments: readonly Attachment[]; readonly faults: readonly FieldFault[] } {
	const faults: FieldFault[] = [];
	const attachments = input.map(({ url, title, mime_type }, index): Attachment => {
		const before = present.find((one) => one.url === url);
		if (before === undefined && !/^https:/i.test(url)) {
			faults.push({ field: `attachments[${index}].url`, detail: "Use an https address." });
		}
		return {
			url,
			title: title === undefined ? (before?.title ?? null) : title || null,
			mime_type: mime_type === undefined ? (before?.mime_type ?? null) : mime_type,
		};
	});
	return { attachments, faults };
}

export const CategoriesInput = z
	.array(lineInput(200).refine((text) => text.trim() !== "", "A category has a name."))
	.max(50, "An event can have at most 50 categories.")
	.transform((texts): readonly string[] => [...new Set(texts.map((text) => text.trim()))]);

export const ColorInput = z
	.string()
	.regex(/^#[0-9a-fA-F]{6}$/, "Use #rrggbb.")
	.transform((text) => text.toLowerCase());
