import type { AccountOptions } from "../options.ts";
import type { Account, ListEntry } from "./account.ts";
import { type AccessRole, type Calendar, createEventStore, etagOf } from "./calendar.ts";
import { accountOf, type World } from "./world.ts";

/** Colours of calendars by `colorId`, as Google's classic palette has them. */
const FIRST_COLORS: Readonly<Record<string, string>> = {
	"14": "#9fe1e7",
	"16": "#4986e7",
	"8": "#16a765",
	"17": "#9a9cff",
};

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
		sub: `1${world.random.digits(20)}`,
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
	const colorId = changes.colorId ?? old?.colorId ?? Object.keys(FIRST_COLORS)[account.list.size % 4] ?? "14";
	const entry: ListEntry = {
		calendarId: calendar.id,
		backgroundColor: FIRST_COLORS[colorId] ?? "#9fe1e7",
		foregroundColor: "#000000",
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
