import { createHash } from "node:crypto";
import { GoogleError, invalid, notFound, required } from "../http/google-error.ts";
import type { JsonObject } from "../json.ts";
import type { Channel, Watched } from "../push/channel.ts";
import { deliver } from "../push/deliver.ts";
import { sameEmail } from "../world/event-record.ts";
import { type Answer, type Call, openCalendar, requireRole } from "./caller.ts";
import { numberOf, objectOf, textOf } from "./events/read-fields.ts";

const USUAL_LIFE_SECONDS = 604_800;

/** https://developers.google.com/calendar/api/v3/reference/events/watch */
export function watchEvents(call: Call): Answer {
	const { calendar } = openCalendar(call, call.params.calendarId ?? "");
	if (!calendar.pushSupported) {
		const message = "Push notifications are not supported by this resource.";
		throw invalid(message, "pushNotSupportedForRequestedResource");
	}
	return watch(call, { type: "events", calendarId: calendar.id });
}

/** https://developers.google.com/calendar/api/v3/reference/calendarList/watch */
export function watchCalendarList(call: Call): Answer {
	return watch(call, { type: "calendarList", email: call.caller.account.email });
}

/** https://developers.google.com/calendar/api/v3/reference/acl/watch */
export function watchAcl(call: Call): Answer {
	const open = openCalendar(call, call.params.calendarId ?? "");
	requireRole(open, "owner");
	return watch(call, { type: "acl", calendarId: open.calendar.id });
}

/** https://developers.google.com/calendar/api/v3/reference/settings/watch */
export function watchSettings(call: Call): Answer {
	return watch(call, { type: "settings", email: call.caller.account.email });
}

/** Opens a channel; its first message says so, and may come before this answer. */
function watch(call: Call, watched: Watched): Answer {
	const { world, caller, body } = call;
	const now = world.clock.now();
	for (const [known, { expiration }] of world.channels) if (expiration <= now) world.channels.delete(known);
	const id = textOf(body, "id");
	if (id === undefined) throw required("Missing channel ID.");
	if (!/^[A-Za-z0-9\-_+/=]{1,64}$/.test(id)) throw invalid("Invalid channel ID.", "channelIdInvalid");
	if (world.channels.has(id)) throw invalid(`Channel id ${id} not unique`, "channelIdNotUnique");
	const type = textOf(body, "type");
	if (type !== "web_hook" && type !== "webhook") throw invalid("Invalid channel type.", "channelTypeInvalid");
	const token = textOf(body, "token");
	if (token !== undefined && token.length > 256) throw invalid("Channel token is too long.", "channelTokenTooLong");
	const channel: Channel = {
		id,
		resourceId: createHash("sha256").update(JSON.stringify(watched)).digest("base64url").slice(0, 27),
		resourceUri: resourceUri(call),
		address: readAddress(body, world.push.httpsOnly),
		token,
		expiration: Math.min(readExpiration(body, now), now + world.push.longestLife),
		watched,
		email: caller.account.email,
		clientId: caller.clientId ?? "",
		messageNumber: 0,
	};
	world.channels.set(id, channel);
	deliver(world, channel, "sync");
	const { resourceId, resourceUri: uri } = channel;
	const expiration = String(channel.expiration);
	return { body: { kind: "api#channel", id, resourceId, resourceUri: uri, token, expiration } };
}

function resourceUri({ world, path }: Call): string {
	const url = new URL(path, world.origin());
	url.pathname = url.pathname.replace(/\/watch$/, "");
	url.searchParams.set("alt", "json");
	return url.href;
}

function readAddress(body: JsonObject, httpsOnly: boolean): string {
	const address = textOf(body, "address");
	if (address === undefined) throw required("Missing channel address.");
	const protocol = URL.canParse(address) ? new URL(address).protocol : "";
	if (protocol !== "https:" && (httpsOnly || protocol !== "http:")) {
		throw invalid(`WebHook callback must be HTTPS: ${address}`, "push.webhookUrlNotHttps");
	}
	return address;
}

/** Epoch milliseconds. */
function readExpiration(body: JsonObject, now: number): number {
	const asked = numberOf(body, "expiration");
	if (asked !== undefined && asked <= now) throw invalid("Channel expiration lies in the past.", "channelExpired");
	const ttl = numberOf(objectOf(body, "params") ?? {}, "ttl") ?? USUAL_LIFE_SECONDS;
	if (ttl < 1) throw invalid("Invalid channel ttl.", "channelTtlInvalid");
	return asked ?? now + ttl * 1000;
}

/** https://developers.google.com/calendar/api/v3/reference/channels/stop: the same user, by the same client. */
export function stopChannel({ world, caller, body }: Call): Answer {
	const id = textOf(body, "id");
	const resourceId = textOf(body, "resourceId");
	if (id === undefined || resourceId === undefined) throw required("Missing channel ID or resource ID.");
	const channel = world.channels.get(id);
	const own = channel !== undefined && sameEmail(channel.email, caller.account.email);
	if (!own || channel.clientId !== (caller.clientId ?? "") || channel.resourceId !== resourceId) {
		throw new GoogleError(404, notFound().reason, `Channel '${id}' not found for project`);
	}
	world.channels.delete(id);
	return { status: 204 };
}
