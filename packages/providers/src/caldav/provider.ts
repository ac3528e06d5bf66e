import { ProviderFailure } from "../port/failure.ts";
import type { CalendarListing, CalendarProvider, ProviderContext, PullPage } from "../port/provider.ts";
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
import { pullScope } from "./pull/scope.ts";
import { Session } from "./session.ts";
import { type AccountSettings, readAccountSettings, readCalendarSettings, readCursor, toSettings } from "./settings.ts";

/** Any CalDAV server (RFC 4791), or with `preset: "icloud"` Apple's. */
export function caldavProvider(options: CaldavOptions = {}): CalendarProvider {
	const preset = presetOf(options);
	const memories = new LoginMemories();
	return {
		id: preset.id,
		writer: null,
		capabilities: { pastAbsenceMeansDeletion: true, calendarVersions: true, discoversCalendars: true },
		connect: (input, context) => judged(preset, () => connectAccount(input, context, options, preset)),
		listCalendars: (context) => judged(preset, () => listCalendars(context, options, preset, memories)),
		async *pull(calendar, cursor, known, context): AsyncGenerator<PullPage> {
			try {
				const settings = readCalendarSettings(calendar.settings);
				if (settings === null) throw unreadableSettings();
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
		const { scheme } = session;
		const relearned = scheme === settings.auth ? {} : { settings: toSettings({ ...settings, auth: scheme }) };
		return { ...toListing(session, settings, listing), ...relearned };
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
		now: session.now(),
	});
	const failures = toListingFailures([...failed, ...listings.flatMap((listing) => listing.failed)]);
	return { calendars, ...(failures.length === 0 ? {} : { failures }) };
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
