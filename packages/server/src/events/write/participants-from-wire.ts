import type { Participant } from "@kalends/model";
import { z } from "zod";
import type { FieldFault } from "../../http/errors.ts";
import { lineInput } from "./text-from-wire.ts";

/** No calendar server takes more (Google 200 to 500, Microsoft 500). */
const MOST = 500;
const TOO_MANY = `An event can have at most ${MOST} guests.`;

/** As RFC 5321 has it, without quoted local parts; no character that could end an address in a header or a property. */
const ADDRESS = /^[^\s@"(),:;<>[\]\\\p{C}]{1,64}@[^\s@"(),:;<>[\]\\\p{C}.]+(\.[^\s@"(),:;<>[\]\\\p{C}.]+)*$/u;
/** What no name of a person has, whatever program wrote it. */
const CONTROL = /[\p{Cc}\p{Cf}\p{Cs}]/u;
const NO_ADDRESS = "This is no e-mail address, such as ann@example.com.";

export const ParticipantsInput = z
	.array(
		z
			.strictObject({
				email: z
					.string()
					.trim()
					.max(320, "An e-mail address has at most 320 characters.")
					.refine((text) => text !== "" && !CONTROL.test(text), NO_ADDRESS)
					.describe("An e-mail address; of one who is there already also what stands for it."),
				name: lineInput(500).nullable().optional(),
				response: z.enum(["needs_action", "accepted", "declined", "tentative"]).optional(),
				optional: z.boolean().optional(),
				organizer: z.boolean().optional().describe("Stays as it is: the account itself calls the meetings it makes."),
				self: z.boolean().optional().describe("Told by the provider; what is sent is not looked at."),
			})
			.meta({ id: "WrittenParticipant" }),
	)
	// The organizer comes on top.
	.max(MOST + 1, TOO_MANY)
	.superRefine((participants, context) => {
		const seen = new Set<string>();
		for (const [index, { email }] of participants.entries()) {
			const key = email.toLowerCase();
			if (seen.has(key)) {
				context.addIssue({ code: "custom", path: [index, "email"], message: "This participant is given twice." });
			}
			seen.add(key);
		}
	});
export type ParticipantsInput = z.output<typeof ParticipantsInput>;

/**
 * The participants that were meant. What is left out of one who is there already stays, his answer too; the organizer
 * cannot be chosen, and stays as long as there are guests.
 *
 * @param known who is there now
 * @param own the person's own addresses, lower case
 */
export function participantsFromWire(
	input: ParticipantsInput,
	known: readonly Participant[],
	own: ReadonlySet<string>,
): { readonly participants: readonly Participant[]; readonly faults: readonly FieldFault[] } {
	const faults: FieldFault[] = [];
	const byAddress = new Map(known.map((one) => [one.email.toLowerCase(), one]));
	const participants = input.map((one, index): Participant => {
		const fault = (field: string, detail: string) => faults.push({ field: `participants[${index}].${field}`, detail });
		const key = one.email.toLowerCase();
		const before = byAddress.get(key);
		// Who is there already may be named by something else, such as a path on their server.
		if (before === undefined && !ADDRESS.test(one.email)) fault("email", NO_ADDRESS);
		const organizer = before?.organizer ?? false;
		if (one.organizer !== undefined && one.organizer !== organizer) fault("organizer", ORGANIZER);
		return {
			email: before?.email ?? one.email,
			name: one.name === undefined ? (before?.name ?? null) : one.name === "" ? null : one.name,
			response: one.response ?? before?.response ?? "needs_action",
			optional: one.optional ?? before?.optional ?? false,
			organizer,
			self: before?.self ?? own.has(key),
			...(before?.comment === undefined ? {} : { comment: before.comment }),
		};
	});
	if (participants.filter((one) => !one.organizer).length > MOST) {
		faults.push({ field: "participants", detail: TOO_MANY });
	}
	const organizer = known.find((one) => one.organizer);
	const missing = organizer !== undefined && participants.length > 0 && !participants.some((one) => one.organizer);
	return { participants: missing ? [organizer, ...participants] : participants, faults };
}

const ORGANIZER =
	"The organizer cannot be chosen: it is the account that made the event. Leave organizer out, or as it was.";
