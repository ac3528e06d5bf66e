import { z } from "zod";
import type { Actor } from "../../db/schema.ts";
import { contentToWire } from "../event-to-wire.ts";
import { EventContentSchema } from "../schemas.ts";
import type { ListedVersion } from "./version-records.ts";

export const VersionSchema = z
	.strictObject({
		version: z.int().describe("What restore takes; counted from 1 for each event."),
		at: z.string(),
		action: z
			.enum(["seen", "created", "updated", "deleted", "restored", "conflict"])
			.describe(
				"`seen`: as it was before its first change. `conflict`: what was wanted here and lost against a change that " +
					"was made with the provider; restore brings it back.",
			),
		actor: z.strictObject({
			type: z.enum(["user", "api_key", "provider"]).describe("`provider`: a sync found it there."),
			name: z.string().nullable(),
		}),
		fields: z.array(z.string()).describe("What was changed."),
		event: EventContentSchema.describe("The event, or the series' master, after the change; before it for `deleted`."),
		occurrences: z
			.array(EventContentSchema)
			.describe("Occurrences of the series that were changed, at most 50 of them."),
	})
	.meta({ id: "EventVersion" });

/** @param nameOf what whoever did it is called; null where they are gone */
export function versionToWire(
	{ version, at, action, actor, fields, base, moved }: ListedVersion,
	nameOf: (actor: Actor) => string | null,
): z.infer<typeof VersionSchema> {
	return {
		version,
		at: at.toISOString(),
		action,
		actor: { type: actor.type, name: nameOf(actor) },
		fields: [...fields],
		event: contentToWire(base, null),
		occurrences: moved.map((event) => contentToWire(event, null)),
	};
}
