import type { JsonObject } from "../json.ts";
import { revokeGrant } from "../oauth/grants.ts";
import { announce } from "../push/announce.ts";
import { addEvents } from "../seed/add-events.ts";
import { loadBodies } from "../seed/load.ts";
import type { Account } from "../world/account.ts";
import { type Calendar, isRole } from "../world/calendar.ts";
import { createAccount, createCalendar, listCalendar, share } from "../world/create-account.ts";
import { accountOf, type World } from "../world/world.ts";
import { ControlFault, Fields } from "./fields.ts";
import { withoutUndefined } from "./read-fault.ts";

const MOST_LOADED = 200_000;

/** @throws ControlFault 404 */
export function theAccount(world: World, email: string): Account {
	const account = accountOf(world, email);
	if (account === null) throw new ControlFault(404, [`There is no account ${email}.`]);
	return account;
}

function theCalendar(world: World, id: string): Calendar {
	const calendar = world.calendars.get(id);
	if (calendar === undefined || calendar.deleted) throw new ControlFault(404, [`There is no calendar ${id}.`]);
	return calendar;
}

export function addAccount(world: World, body: JsonObject): JsonObject {
	const fields = new Fields(body);
	const email = fields.needed("email");
	const more = {
		name: fields.text("name"),
		timeZone: fields.text("timeZone"),
		hostedDomain: fields.text("hostedDomain"),
	};
	fields.done();
	const account = refusing(() => createAccount(world, { email, ...withoutUndefined(more) }));
	return { email: account.email, sub: account.sub };
}

export function addCalendar(world: World, body: JsonObject): JsonObject {
	const fields = new Fields(body);
	const email = fields.needed("account");
	const summary = fields.needed("summary");
	const id = fields.text("id");
	const timeZone = fields.text("timeZone");
	const push = fields.flag("push");
	fields.done();
	const owner = theAccount(world, email);
	const zone = timeZone ?? owner.timeZone;
	const made = { summary, timeZone: zone, createdBy: null, ...withoutUndefined({ id }) };
	const calendar = refusing(() => createCalendar(world, owner, made));
	if (push === false) calendar.pushSupported = false;
	announce(world, { type: "calendarList", email: owner.email });
	return { id: calendar.id };
}

/** Gives an account a role in a calendar, and puts it into the account's list; a role of null takes it away. */
export function shareCalendar(world: World, calendarId: string, body: JsonObject): void {
	const fields = new Fields(body);
	const email = fields.needed("account");
	const role = fields.text("role") ?? null;
	if (body.role !== null && !isRole(role)) fields.fault("role", "freeBusyReader, reader, writer or owner, or null");
	fields.done();
	const calendar = theCalendar(world, calendarId);
	const account = theAccount(world, email);
	share(world, calendar, account.email, isRole(role) ? role : null);
	if (role !== null) listCalendar(world, account, calendar, { selected: true });
	announce(world, { type: "calendarList", email: account.email });
}

export function addClient(world: World, body: JsonObject): void {
	const fields = new Fields(body);
	const clientId = fields.needed("clientId");
	const clientSecret = fields.needed("clientSecret");
	const redirectUris = fields.texts("redirectUris") ?? [];
	const more = { name: fields.text("name"), testing: fields.flag("testing") };
	for (const uri of redirectUris) if (!URL.canParse(uri)) fields.fault("redirectUris", "addresses");
	fields.done();
	world.oauth.clients.set(clientId, { clientId, clientSecret, redirectUris, ...withoutUndefined(more) });
}

/** Many events at once. */
export function loadEvents(world: World, body: JsonObject): JsonObject {
	const fields = new Fields(body);
	const email = fields.needed("account");
	const calendarId = fields.text("calendar");
	const events = fields.count("events", 1, MOST_LOADED) ?? 0;
	const series = fields.count("series", 0, MOST_LOADED) ?? 0;
	const from = fields.text("from") ?? new Date(world.clock.now()).toISOString().slice(0, 10);
	const days = fields.count("days", 1, 3650) ?? 365;
	const seed = fields.count("seed", 0, 1_000_000) ?? 1;
	if (events === 0 && !fields.has("events")) fields.fault("events", "given");
	if (series > events) fields.fault("series", "at most events");
	if (!/^\d{4}-\d{2}-\d{2}$/.test(from)) fields.fault("from", "a day, YYYY-MM-DD");
	fields.done();
	const account = theAccount(world, email);
	const calendar = theCalendar(world, calendarId ?? account.email);
	const bodies = loadBodies({ events, series, from, days, seed, timeZone: calendar.timeZone });
	const first = bodies[0]?.id;
	if (typeof first === "string" && calendar.events.get(first) !== null) {
		throw new ControlFault(409, [`Events with seed ${seed} are in that calendar already: take another seed.`]);
	}
	return { calendar: calendar.id, created: addEvents(world, calendar, account, bodies).length };
}

/** Whose, else everybody's. */
function chosenEmails(
	world: World,
	body: JsonObject,
): { readonly fields: Fields; readonly emails: ReadonlySet<string> } {
	const fields = new Fields(body);
	const email = fields.text("account");
	const accounts = email === undefined ? [...world.accounts.values()] : [theAccount(world, email)];
	return { fields, emails: new Set(accounts.map((account) => account.email)) };
}

/** Access tokens end now; refresh tokens are good, unless their end is asked for too. */
export function expireTokens(world: World, body: JsonObject): JsonObject {
	const { fields, emails } = chosenEmails(world, body);
	const refresh = fields.flag("refresh") ?? false;
	fields.done();
	let expired = 0;
	for (const token of world.oauth.accessTokens.values()) {
		if (!emails.has(token.email) || token.expiresAt <= world.clock.now()) continue;
		token.expiresAt = world.clock.now();
		expired += 1;
	}
	if (!refresh) return { expired };
	for (const [text, token] of world.oauth.refreshTokens) {
		if (!emails.has(token.email)) continue;
		world.oauth.refreshTokens.delete(text);
		expired += 1;
	}
	return { expired };
}

/** As if the person took the consent back in the account's settings. */
export function revokeConsents(world: World, body: JsonObject): JsonObject {
	const { fields, emails } = chosenEmails(world, body);
	const clientId = fields.text("clientId");
	fields.done();
	const grants = [...world.oauth.grants.values()].filter(
		(grant) => emails.has(grant.email) && (clientId === undefined || grant.clientId === clientId),
	);
	for (const grant of grants) revokeGrant(world, grant.clientId, grant.email);
	return { revoked: grants.length };
}

/** Sync tokens given out so far are answered with 410 from now on. */
export function expireSyncTokens(world: World, body: JsonObject): void {
	const { fields, emails } = chosenEmails(world, body);
	const calendarId = fields.text("calendar");
	fields.done();
	// Tokens made from now on have this number or a higher one.
	const from = world.revisions.next();
	if (calendarId !== undefined) {
		theCalendar(world, calendarId).tokensFrom = from;
		return;
	}
	for (const email of emails) {
		const account = theAccount(world, email);
		account.listTokensFrom = from;
		for (const id of account.list.keys()) {
			const calendar = world.calendars.get(id);
			if (calendar !== undefined) calendar.tokensFrom = from;
		}
	}
}

export function advanceClock(world: World, body: JsonObject): JsonObject {
	const fields = new Fields(body);
	const seconds = fields.number("seconds", 0, 10 * 366 * 86_400) ?? 0;
	if (!fields.has("seconds")) fields.fault("seconds", "given");
	fields.done();
	world.clock.advance(seconds * 1000);
	return { now: new Date(world.clock.now()).toISOString() };
}

/** Sends messages of a channel although nothing has changed. */
export function sendMessages(world: World, body: JsonObject): JsonObject {
	const fields = new Fields(body);
	const calendarId = fields.needed("calendar");
	const times = fields.count("times", 1, 100_000) ?? 1;
	fields.done();
	const calendar = theCalendar(world, calendarId);
	for (let time = 0; time < times; time++) announce(world, { type: "events", calendarId: calendar.id });
	return { sent: times };
}

function refusing<T>(make: () => T): T {
	try {
		return make();
	} catch (error) {
		throw new ControlFault(409, [error instanceof Error ? error.message : String(error)]);
	}
}
