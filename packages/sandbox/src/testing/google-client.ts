import { calendar, type calendar_v3 } from "@googleapis/calendar";
import { OAuth2Client } from "google-auth-library";
import { issueAccessToken } from "../oauth/grants.ts";
import { PREFIX } from "../oauth/scopes.ts";
import { DEFAULT_CLIENT } from "../options.ts";
import type { Sandbox } from "../server.ts";

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
	return issueAccessToken(sandbox.world, { clientId: DEFAULT_CLIENT.clientId, email, scopes: named });
}

export interface Refusal {
	readonly status: number | undefined;
	readonly reason: string | undefined;
}

/** What a call is refused by; fails where it is not. */
export async function refusal(call: Promise<unknown>): Promise<Refusal> {
	try {
		await call;
	} catch (error) {
		const { response } = error as {
			response?: { status: number; data: { error?: { errors?: { reason: string }[] } } };
		};
		if (response === undefined) throw error;
		return { status: response.status, reason: response.data?.error?.errors?.[0]?.reason };
	}
	throw new Error("the call was not refused");
}
