import { z } from "zod";

/** Wire shapes of connections and their runs (the API's contract). */

const ProviderSchema = z.enum(["caldav", "icloud", "ics", "google", "microsoft"]);

export const ConnectionSchema = z
	.strictObject({
		id: z.string(),
		provider: ProviderSchema,
		name: z.string(),
		account: z.string().describe("The user name at the provider, or the feed's host."),
		status: z
			.enum(["active", "syncing", "reauth_required", "limited", "paused", "error"])
			.describe(
				"`reauth_required`: enter the password again; `error`: Kalends goes on trying, unless fix says otherwise.",
			),
		status_reason: z.string().nullable().describe("Stable code of what is wrong; null where nothing is."),
		status_detail: z.string().nullable().describe("What happened, in a sentence."),
		status_since: z.string(),
		fix: z.string().nullable().describe("What to do about it, in a sentence."),
		scopes: z.array(z.string()),
		last_synced_at: z.string().nullable(),
		next_sync_at: z.string().nullable().describe("Null while a sync runs, and where only a person can help."),
		last_push_at: z.string().nullable(),
		calendars_count: z.int(),
		created_at: z.string(),
	})
	.meta({ id: "Connection" });
export type WireConnection = z.infer<typeof ConnectionSchema>;

export const RunSchema = z
	.strictObject({
		id: z.string(),
		connection_id: z.string(),
		trigger: z.enum(["first", "poll", "push", "manual", "write"]),
		state: z
			.enum(["running", "done", "failed", "paused"])
			.describe("`paused`: suspiciously many deletions wait for a decision, or the connection was paused meanwhile."),
		created: z.int().describe("Events; a series counts as one."),
		updated: z.int(),
		deleted: z.int(),
		requests: z.int().describe("HTTP requests to the provider."),
		started_at: z.string(),
		duration_ms: z.int().nullable().describe("Null while it runs."),
		error: z
			.strictObject({ code: z.string(), detail: z.string(), fix: z.string().nullable() })
			.nullable()
			.describe("What went wrong and what to do."),
	})
	.meta({ id: "Run" });
export type WireRun = z.infer<typeof RunSchema>;

export const ConnectionParams = z.object({ id: z.string().max(100) });

const address = z.string().trim().min(1).max(4_000);
/** Forms send what was left blank as an empty string. */
const blankIsAbsent = (value: string) => (value === "" ? undefined : value);
const username = z.string().trim().max(500).transform(blankIsAbsent);
const password = z.string().max(1_000).transform(blankIsAbsent);
const name = z.string().trim().min(1).max(200);

/** POST: which fields each provider needs is checked by the last step, so that the fault names the field. */
export const NewConnectionSchema = z
	.strictObject({
		provider: z.enum(["caldav", "icloud", "ics"]),
		url: address.optional().describe("CalDAV: the server's address. ICS: the feed's (https, http or webcal)."),
		username: username.optional(),
		password: password.optional().describe("iCloud: an app-specific password."),
		name: name.optional().describe("How to call it; the provider's own name unless told."),
	})
	.superRefine((body, context) => {
		const need = (field: "url" | "username" | "password", why: string) => {
			if (body[field] === undefined) context.addIssue({ code: "custom", path: [field], message: why });
		};
		if (body.provider === "caldav") need("url", "A CalDAV connection needs the server's address.");
		if (body.provider === "ics") need("url", "A feed needs its address.");
		if (body.provider === "icloud") {
			need("username", "iCloud needs the e-mail address of the Apple Account.");
			need("password", "iCloud needs an app-specific password.");
		}
	});

export const ConnectionPatchSchema = z.strictObject({
	name: name.optional(),
	username: username.optional(),
	password: password.optional(),
	url: address.optional(),
	paused: z.boolean().optional().describe("A paused connection keeps its events and does not sync."),
});
export type ConnectionPatch = z.infer<typeof ConnectionPatchSchema>;
