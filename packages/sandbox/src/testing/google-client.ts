import { calendar, type calendar_v3 } from "@googleapis/calendar";
import { OAuth2Client } from "google-auth-library";
import { afterAll } from "vitest";
import { issueAccessToken } from "../oauth/grants.ts";
import { PREFIX } from "../oauth/scopes.ts";
import { DEFAULT_CLIENT, type SandboxOptions } from "../options.ts";
import { type Sandbox, startSandbox } from "../server.ts";

export const ADA = "ada@example.com";
export const BOB = "bob@example.com";

/** A sandbox for the tests of one file, with two people, and nobody counting what they ask. */
export async function stage(options: SandboxOptions = {}): Promise<Sandbox> {
	const sandbox = await startSandbox({
		accounts: [{ email: ADA, timeZone: "Europe/Berlin" }, { email: BOB }],
		quotas: { perMinutePerUser: null, perMinutePerProject: null },
		...options,
	});
	afterAll(() => sandbox.close());
	return sandbox;
}

/** Google's own client, as it is published, speaking with a sandbox in an account's name. */
export function googleClient(
	sandbox: Sandbox,
	email: string,
	scopes: readonly string[] = ["calendar"],
): calendar_v3.Calendar {
	const auth = new OAuth2Client();
	auth.setCredentials({ access_token: accessToken(sandbox, email, scopes) });
	// What fails is to be seen at once.
	return calendar({ version: "v3", rootUrl: `${sandbox.url}/`, auth, retry: false });
}

/** @param scopes last parts of their names: `calendar.events` */
export function accessToken(sandbox: Sandbox, email: string, scopes: readonly string[] = ["calendar"]): string {
	const named = scopes.map((scope) => PREFIX + scope);
	const text = issueAccessToken(sandbox.world, { clientId: DEFAULT_CLIENT.clientId, email, scopes: named });
	const token = sandbox.world.oauth.accessTokens.get(text);
	// Tests put the clock forward.
	if (token !== undefined) token.expiresAt = Number.POSITIVE_INFINITY;
	return text;
}

/** `403 forbidden`: what a call is refused by; fails where it is not. */
export async function refusal(call: Promise<unknown>): Promise<string> {
	try {
		await call;
	} catch (error) {
		const { response } = error as Refused;
		if (response === undefined) throw error;
		const body = typeof response.data === "object" ? response.data : {};
		return `${response.status} ${body.error?.errors?.[0]?.reason ?? ""}`.trim();
	}
	throw new Error("the call was not refused");
}

interface Refused {
	readonly response?: {
		readonly status: number;
		readonly data: { readonly error?: { readonly errors?: readonly { readonly reason: string }[] } };
	};
}

type Event = calendar_v3.Schema$Event;

/** Half an hour on a day of December 2026, in UTC. */
export function timed(day: number, more: Event = {}): Event {
	const date = `2026-12-${String(day).padStart(2, "0")}`;
	return {
		summary: `Event of ${day}`,
		start: { dateTime: `${date}T09:00:00Z`, timeZone: "UTC" },
		end: { dateTime: `${date}T09:30:00Z`, timeZone: "UTC" },
		...more,
	};
}

/** The same every day from the 1st of December, 2026, five times. */
export const daily = (more: Event = {}): Event => timed(1, { recurrence: ["RRULE:FREQ=DAILY;COUNT=5"], ...more });
