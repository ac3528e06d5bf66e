import { ProviderFailure } from "../port/failure.ts";
import type { CalendarListing, CalendarProvider, ProviderContext, PullPage, RemoteCalendar } from "../port/provider.ts";
import type { ResourceWriter, WriteContext } from "../port/writer.ts";
import { LoginMemories } from "./auth/login-memory.ts";
import {
	type FailedPlace,
	type HomeListing,
	listHome,
	listSingle,
	toListingFailures,
	toRemoteCalendars,
} from "./calendars/list.ts";
import { connectAccount, policyOf, rediscover } from "./discovery/connect.ts";
import { mostTelling } from "./discovery/discover.ts";
import { type CaldavOptions, type Preset, presetOf, withLoginHelp } from "./options.ts";
import { pullCalendar, unreadableSettings } from "./pull/pull.ts";
import { readingContext } from "./pull/resource.ts";
import { pullScope } from "./pull/scope.ts";
import { learnScheduling, type Scheduling, sendsInvitations } from "./scheduling.ts";
import { Session } from "./session.ts";
import {
	type AccountSettings,
	type CalendarSettings,
	readAccountSettings,
	readCalendarSettings,
	readCursor,
	toSettings,
} from "./settings.ts";
import { Fidelity } from "./write/fidelity.ts";
import { caldavWriter, type WriteScope } from "./write/writer.ts";

/** Any CalDAV server (RFC 4791), or with `preset: "icloud"` Apple's. */
export function caldavProvider(options: CaldavOptions = {}): CalendarProvider {
	const preset = presetOf(options);
	const memories = new LoginMemories();
	const fidelity = new Fidelity();
	return {
		id: preset.id,
		writer: judgedWriter(
			preset,
			caldavWriter((calendar, context) => ({ ...writeScope(calendar, context, options, preset, memories), fidelity })),
		),
		capabilities: { pastAbsenceMeansDeletion: true, calendarVersions: true, discoversCalendars: true },
		connect: (input, context) => judged(preset, () => connectAccount(input, context, options, preset)),
		listCalendars: (context) => judged(preset, () => listCalendars(context, options, preset, memories)),
		async *pull(calendar, cursor, known, context): AsyncGenerator<PullPage> {
			try {
				const settings = settingsOf(calendar);
				const session = sessionOf(context, accountOf(context), options, preset, memories);
				const scope = pullScope(session, calendar, settings, known, context);
				yield* pullCalendar(scope, readCursor(cursor, calendar.id));
			} catch (error) {
				throw toFailure(error, preset);
			}
		},
	};
}

async function listCalendars(
	context: ProviderContext,
	options: CaldavOptions,
	preset: Preset,
	memories: LoginMemories,
): Promise<CalendarListing> {
	const settings = accountOf(context);
	const session = sessionOf(context, settings, options, preset, memories);
	const listing = await listAccount(session, settings);
	if (!listing.failed.some(({ failure }) => failure.kind === "not_found" || failure.kind === "gone")) {
		const scheduling = await schedulingOf(session, settings, listing);
		const learned = { ...settings, auth: session.scheme, scheduling };
		const isNews = JSON.stringify(learned) !== JSON.stringify(settings);
		return { ...toListing(session, learned, listing), ...(isNews ? { settings: toSettings(learned) } : {}) };
	}
	// The account, or a part of it, has moved: look for it again from where it was found.
	const found = await rediscover(settings, session);
	const again = toListing(session, found, await listAccount(session, found));
	const isSame = JSON.stringify(placesOf(found)) === JSON.stringify(placesOf(settings));
	return { ...again, settings: toSettings(found), ...(isSame ? {} : { moved: true }) };
}

interface AccountListing {
	readonly listings: readonly HomeListing[];
	/** Homes and single calendars that failed as a whole. */
	readonly failed: readonly FailedPlace[];
}

/** What the settings know of scheduling, and the listing by the way; asked about where that is too little. */
async function schedulingOf(
	session: Session,
	{ principal, scheduling }: AccountSettings,
	{ listings }: AccountListing,
): Promise<Scheduling> {
	const place = listings[0]?.url;
	const told = listings.find((each) => each.scheduling.autoSchedule !== null)?.scheduling.autoSchedule;
	const isListed = listings.some((each) => each.scheduling.outbox === true);
	const known = {
		autoSchedule: told ?? scheduling.autoSchedule,
		outbox: isListed ? true : scheduling.outbox,
	};
	if (place === undefined) return known;
	return await learnScheduling(session, place, principal === null ? null : new URL(principal), known);
}

function placesOf({ homeSets, calendars }: AccountSettings): readonly string[] {
	return [...homeSets, ...calendars];
}

/** @throws ProviderFailure for what concerns the account: its login, or that it was asked too often */
async function listAccount(session: Session, { homeSets, calendars }: AccountSettings): Promise<AccountListing> {
	const places = [
		...homeSets.map((home) => ({ url: new URL(home), list: listHome })),
		...calendars.map((calendar) => ({ url: new URL(calendar), list: listSingle })),
	];
	const results = await Promise.allSettled(places.map(({ url, list }) => list(session, url)));
	const listings: HomeListing[] = [];
	const failed: FailedPlace[] = [];
	for (const [index, { url }] of places.entries()) {
		const result = results[index];
		if (result?.status === "fulfilled") listings.push(result.value);
		else failed.push({ url, failure: failureOfPlace(result?.reason) });
	}
	return { listings, failed };
}

function failureOfPlace(error: unknown): ProviderFailure {
	const isOfPlace = error instanceof ProviderFailure && error.kind !== "auth_revoked" && error.kind !== "rate_limited";
	if (!isOfPlace) throw error;
	return error;
}

/** @throws ProviderFailure where nothing at all could be listed */
function toListing(session: Session, settings: AccountSettings, { listings, failed }: AccountListing): CalendarListing {
	if (listings.length === 0 && failed.length > 0) throw mostTelling(failed.map(({ failure }) => failure));
	const calendars = toRemoteCalendars(listings, {
		principal: settings.principal === null ? null : new URL(settings.principal),
		addresses: settings.addresses,
		sendsInvitations: sendsInvitations(settings.scheduling),
		now: session.now(),
	});
	const failures = toListingFailures([...failed, ...listings.flatMap((listing) => listing.failed)]);
	return { calendars, ...(failures.length === 0 ? {} : { failures }) };
}

/** @throws ProviderFailure `invalid` where this version did not write them */
function settingsOf(calendar: RemoteCalendar): CalendarSettings {
	const settings = readCalendarSettings(calendar.settings);
	if (settings === null) throw unreadableSettings();
	return settings;
}

function writeScope(
	calendar: RemoteCalendar,
	context: WriteContext,
	options: CaldavOptions,
	preset: Preset,
	memories: LoginMemories,
): Omit<WriteScope, "fidelity"> {
	const settings = settingsOf(calendar);
	const collection = new URL(settings.url);
	collection.pathname = collection.pathname.replace(/\/*$/, "/");
	const reading = readingContext(calendar, settings, context);
	const { email, name } = context.person;
	return {
		session: sessionOf(context, accountOf(context), options, preset, memories),
		calendar,
		settings,
		collection,
		reading,
		organizer: { email: reading.selfAddresses[0] ?? email, name },
	};
}

function judgedWriter(preset: Preset, writer: ResourceWriter): ResourceWriter {
	return {
		read: (...input) => judged(preset, () => writer.read(...input)),
		findCreated: (...input) => judged(preset, () => writer.findCreated(...input)),
		create: (...input) => judged(preset, () => writer.create(...input)),
		update: (...input) => judged(preset, () => writer.update(...input)),
		remove: (...input) => judged(preset, () => writer.remove(...input)),
	};
}

function accountOf(context: ProviderContext): AccountSettings {
	const settings = readAccountSettings(context.settings);
	if (settings !== null) return settings;
	throw new ProviderFailure("invalid", {
		reason: "not_caldav",
		message: "the connection's stored addresses cannot be read; connect the account again",
	});
}

function sessionOf(
	context: ProviderContext,
	settings: AccountSettings,
	options: CaldavOptions,
	preset: Preset,
	memories: LoginMemories,
): Session {
	const { username, password } = context.credentials;
	const credentials = username || password ? { username: username ?? "", password: password ?? "" } : null;
	return new Session({
		http: context.http,
		credentials,
		...(settings.auth === "digest" && credentials !== null
			? { memory: memories.of(settings.server, credentials) }
			: {}),
		scheme: settings.auth,
		policy: policyOf(new URL(settings.server), options, preset),
		origins: [settings.server, settings.found, ...placesOf(settings)].map((place) => new URL(place).origin),
		now: context.now,
		...(context.signal === undefined ? {} : { signal: context.signal }),
	});
}

async function judged<T>(preset: Preset, work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		throw toFailure(error, preset);
	}
}

function toFailure(error: unknown, preset: Preset): unknown {
	return error instanceof ProviderFailure ? withLoginHelp(error, preset) : error;
}
