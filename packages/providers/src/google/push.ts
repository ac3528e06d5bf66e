import { ProviderFailure } from "../port/failure.ts";
import type { HttpResponse } from "../port/http.ts";
import type { RemoteCalendar } from "../port/provider.ts";
import type { PushChannel, PushMessage, WatchRequest } from "../port/push.ts";
import { judgeDone, judgeObject } from "./exchange.ts";
import type { Session } from "./session.ts";
import { textOf } from "./types.ts";

const WATCH = { operation: "watch" } as const;
const STOP = { operation: "stop" } as const;

/** Asks to be told of changes in a calendar, or (null) in the list of calendars (google.md §6). */
export function sendWatch(
	session: Session,
	calendar: RemoteCalendar | null,
	{ id, token, address, expiresAt }: WatchRequest,
): Promise<HttpResponse> {
	return session.send({
		method: "POST",
		path: calendar === null ? ["users", "me", "calendarList", "watch"] : ["calendars", calendar.id, "events", "watch"],
		body: { id, type: "web_hook", address: address.href, token, expiration: String(expiresAt) },
		exchange: WATCH,
	});
}

export async function judgeWatch(response: HttpResponse, request: WatchRequest, now: number): Promise<PushChannel> {
	const channel = await judgeObject(response, WATCH, now);
	const resourceId = textOf(channel.resourceId);
	if (resourceId === "") {
		throw new ProviderFailure("unavailable", {
			reason: "malformed_answer",
			message: `${response.url.host} made a push channel without a resourceId`,
		});
	}
	// Written as text; where none is named, what was asked for holds.
	const expiration = Number(channel.expiration);
	const expiresAt = Number.isFinite(expiration) && expiration > 0 ? expiration : request.expiresAt;
	return { id: textOf(channel.id) || request.id, resourceId, expiresAt };
}

/** google.md §6. `sync` comes once, when a channel begins. */
export function readMessage(header: (name: string) => string | undefined): PushMessage | null {
	const channelId = header("x-goog-channel-id");
	const state = header("x-goog-resource-state");
	if (channelId === undefined || state === undefined) return null;
	return { channelId, token: header("x-goog-channel-token") ?? "", handshake: state === "sync" };
}

export function sendStop(session: Session, { id, resourceId }: PushChannel): Promise<HttpResponse> {
	return session.send({ method: "POST", path: ["channels", "stop"], body: { id, resourceId }, exchange: STOP });
}

/** A channel that has ended, or that Google no longer knows, is stopped. */
export async function judgeStop(response: HttpResponse, now: number): Promise<void> {
	if (response.status === 404 || response.status === 410) return await response.discard();
	await judgeDone(response, STOP, now);
}
