import { createHash } from "node:crypto";
import type { AccountOptions } from "../options.ts";
import { announce } from "../push/announce.ts";
import type { Account, ListEntry } from "./account.ts";
import { type AccessRole, type Calendar, createEventStore, etagOf } from "./calendar.ts";
import { CALENDAR_COLORS } from "./colors.ts";
import { accountOf, type World } from "./world.ts";

/** Given to the calendars of an account in turn. */
const FIRST_COLORS = ["14", "16", "8", "17"];

/**
 * Makes an account with its primary calendar.
 *
 * @throws Error where the address is taken or the zone is none
 */
export function createAccount(world: World, options: AccountOptions): Account {
	const { email, timeZone = "UTC" } = options;
	if (!/^[^\s@]+@[^\s@]+$/.test(email)) throw new Error(`${JSON.stringify(email)} is no e-mail address.`);
	if (accountOf(world, email) !== null) throw new Error(`There is an account ${email} already.`);
	// Throws where there is no such zone.
	new Intl.DateTimeFormat("en", { timeZone });
	const account: Account = {
		email,
		sub: subjectOf(email),
		name: options.name ?? email.slice(0, email.indexOf("@")),
		timeZone,
		hostedDomain: options.hostedDomain,
		list: new Map(),
		settings: new Map([
			["autoAddHangouts", "false"],
			["dateFieldOrder", "DMY"],
			["defaultEventLength", "60"],
			["format24HourTime", "true"],
			["hideInvitations", "false"],
			["hideWeekends", "false"],
			["locale", "en"],
			["remindOnRespondedEventsOnly", "false"],
			["showDeclinedEvents", "true"],
			["timezone", timeZone],
			["useKeyboardShortcuts", "true"],
			["weekStart", "1"],
		]),
		settingsRevision: world.revisions.next(),
		listTokensFrom: 0,
	};
	world.accounts.set(email.toLowerCase(), account);
	createCalendar(world, account, { id: email, summary: email, timeZone, primary: true, createdBy: null });
	return account;
}

/** 21 digits; the same for an address whenever a sandbox is started, as an account that is connected stays the same. */
function subjectOf(email: string): string {
	const digest = createHash("sha256").update(email.toLowerCase()).digest("hex").slice(0, 24);
	return `1${BigInt(`0x${digest}`).toString().padStart(20, "0").slice(-20)}`;
}

export interface NewCalendar {
	readonly id?: string;
	readonly summary: string;
	readonly description?: string | undefined;
	readonly location?: string | undefined;
	readonly timeZone: string;
	readonly primary?: boolean;
	/** The client that made it. */
	readonly createdBy: string | null;
	readonly colorId?: string;
}

/** Makes a calendar of an account and puts it into the account's list. */
export function createCalendar(world: World, owner: Account, options: NewCalendar): Calendar {
	const id = options.id ?? `${world.random.id(26)}@group.calendar.google.com`;
	if (world.calendars.has(id)) throw new Error(`There is a calendar ${id} already.`);
	const revision = world.revisions.next();
	const calendar: Calendar = {
		id,
		dataOwner: owner.email,
		primary: options.primary ?? false,
		createdBy: options.createdBy,
		events: createEventStore(world.clock, world.revisions),
		acl: new Map([[owner.email.toLowerCase(), "owner"]]),
		pushSupported: true,
		summary: options.summary,
		description: options.description,
		location: options.location,
		timeZone: options.timeZone,
		conferenceProperties: { allowedConferenceSolutionTypes: ["hangoutsMeet"] },
		revision,
		etag: etagOf(revision, world.clock.now()),
		aclRevision: revision,
		tokensFrom: 0,
		deleted: false,
	};
	world.calendars.set(id, calendar);
	listCalendar(world, owner, calendar, options.colorId === undefined ? {} : { colorId: options.colorId });
	return calendar;
}

/** Puts a calendar into an account's list, or changes how it lies there. */
export function listCalendar(
	world: World,
	account: Account,
	calendar: Calendar,
	changes: Partial<Omit<ListEntry, "calendarId" | "revision" | "order" | "etag">>,
): ListEntry {
	const old = account.list.get(calendar.id);
	const revision = world.revisions.next();
	const colorId = changes.colorId ?? old?.colorId ?? FIRST_COLORS[account.list.size % FIRST_COLORS.length] ?? "14";
	const color = CALENDAR_COLORS[colorId];
	const entry: ListEntry = {
		calendarId: calendar.id,
		backgroundColor: color?.background ?? "#9fe1e7",
		foregroundColor: color?.foreground ?? "#1d1d1d",
		summaryOverride: undefined,
		hidden: false,
		selected: calendar.primary,
		defaultReminders: calendar.primary ? [{ method: "popup", minutes: 30 }] : [],
		notifications: calendar.primary
			? ["eventCreation", "eventChange", "eventCancellation", "eventResponse"].map((type) => ({
					type,
					method: "email",
				}))
			: [],
		...old,
		...changes,
		colorId,
		deleted: changes.deleted ?? false,
		revision,
		order: old?.order ?? revision,
		etag: etagOf(revision, world.clock.now()),
	};
	account.list.set(calendar.id, entry);
	announce(world, { type: "calendarList", email: account.email });
	return entry;
}

/** Gives an account a role in a calendar; null takes it away. */
export function share(world: World, calendar: Calendar, who: string, role: AccessRole | null): void {
	if (role === null) calendar.acl.delete(who.toLowerCase());
	else calendar.acl.set(who.toLowerCase(), role);
	calendar.aclRevision = world.revisions.next();
	const account = accountOf(world, who);
	const entry = account?.list.get(calendar.id);
	if (account !== null && role === null && entry !== undefined && !entry.deleted) {
		listCalendar(world, account, calendar, { deleted: true });
	}
}
