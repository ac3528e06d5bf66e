import { z } from "zod";
import type { Config } from "../config.ts";
import { endpoint } from "../http/endpoint.ts";
import { CheckFailure } from "../oauth/check-failure.ts";
import { oauthCheckups } from "../oauth/checkups.ts";
import { mayBeRedirectedTo, redirectUri } from "../oauth/redirect-uris.ts";
import { callbacksOf } from "../oauth/registry.ts";
import { redactText } from "../observability/redact.ts";
import type { Services } from "../services.ts";

const SetupSchema = z
	.object({
		public_url: z.object({
			url: z.string().describe("KALENDS_URL."),
			https: z.boolean().describe("Providers can push changes; otherwise calendars are polled."),
			sign_in_possible: z.boolean().describe("Providers send browsers back to it: https, or this machine itself."),
			fix: z.string().nullable(),
		}),
		google: z.object({
			configured: z.boolean(),
			missing: z.array(z.string()).describe("Variables to set; either of GOOGLE_CLIENT_SECRETS_FILE or the other two."),
			redirect_uris: z
				.array(z.object({ uri: z.string(), needed: z.boolean().describe("False: of an older interface.") }))
				.describe("To be entered at Google, exactly so."),
			missing_redirect_uris: z
				.array(z.string())
				.nullable()
				.describe("Those that the client's file lacks; null where no file tells."),
		}),
		mail: z.object({
			configured: z.boolean(),
			from: z.string().nullable().describe("MAIL_FROM, or what is used in its place."),
			missing: z.array(z.string()).describe("Variables to set."),
		}),
		users_count: z.int(),
		connections_count: z.int().describe("Of all users."),
		checks: z
			.array(z.object({ check: z.string(), ok: z.boolean(), detail: z.string() }))
			.nullable()
			.describe("With `check=true`: what looking found, as `kalends doctor` says it."),
	})
	.meta({ id: "Setup" });
type Setup = z.infer<typeof SetupSchema>;

export const showSetup = endpoint({
	method: "GET",
	path: "/v1/setup",
	operationId: "getSetup",
	summary: "What is set up, and what is missing",
	description:
		"For administrators: the public address, Google with the redirect URIs to enter there, mail. Secrets are not shown. " +
		"With `check=true` it also asks Google whether it knows the client, compares clocks, and looks whether the public " +
		"address leads here; that takes a few seconds. Configuration is the environment's (docs/configuration.md): nothing " +
		"of it is changed here.",
	tag: "operation",
	access: { kind: "admin" },
	query: z.object({ check: z.enum(["true", "false"]).default("false").describe("Look too whether it works.") }),
	responses: { 200: SetupSchema },
	async handle({ services, query }) {
		const { config } = services;
		const body: Setup = {
			public_url: publicUrl(config),
			google: google(config),
			mail: {
				configured: config.mail !== null,
				from: config.mail?.from.address ?? null,
				missing: config.mail === null ? ["SMTP_URL"] : [],
			},
			...(await counts(services)),
			checks: query.check === "true" ? await look(services) : null,
		};
		return { status: 200, body };
	},
});

function publicUrl({ url }: Config): Setup["public_url"] {
	const https = url.protocol === "https:";
	const sign_in_possible = mayBeRedirectedTo(url);
	const fix = sign_in_possible
		? https
			? null
			: "For others than this machine, put TLS in front and set KALENDS_URL to the https address."
		: "Put TLS in front and set KALENDS_URL to the https address: over plain http no provider signs anybody in.";
	return { url: url.origin, https, sign_in_possible, fix };
}

function google(config: Config): Setup["google"] {
	const { client } = config.oauth.google;
	const uris = callbacksOf("google").map((path) => redirectUri(config, path));
	const known = client?.redirectUris ?? null;
	return {
		configured: client !== null,
		missing: client === null ? ["GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET", "GOOGLE_CLIENT_SECRETS_FILE"] : [],
		redirect_uris: uris.map((uri, index) => ({ uri, needed: index === 0 })),
		missing_redirect_uris: known === null ? null : uris.filter((uri) => !known.includes(uri)),
	};
}

/** Counts rows of all users, and reads nothing of them. */
async function counts({ db }: Services): Promise<Pick<Setup, "users_count" | "connections_count">> {
	const row = await db
		.selectNoFrom((eb) => [
			eb
				.selectFrom("users")
				.select((inner) => inner.fn.countAll<number>().as("count"))
				.as("users_count"),
			eb
				.selectFrom("connections")
				.select((inner) => inner.fn.countAll<number>().as("count"))
				.as("connections_count"),
		])
		.executeTakeFirstOrThrow();
	return { users_count: row.users_count ?? 0, connections_count: row.connections_count ?? 0 };
}

async function look(services: Services): Promise<Setup["checks"]> {
	return Promise.all(
		oauthCheckups(services).map(async ({ check, work }) => {
			try {
				return { check, ok: true, detail: redactText(await work()) };
			} catch (error) {
				if (error instanceof CheckFailure) return { check, ok: false, detail: redactText(error.message) };
				services.log.warn({ check, err: error }, "a check of the set-up broke off");
				return { check, ok: false, detail: "It could not be looked at; the server's log says why." };
			}
		}),
	);
}
