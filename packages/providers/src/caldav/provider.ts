import { ProviderFailure } from "../port/failure.ts";
import type { CalendarProvider, ProviderContext, PullPage, RemoteCalendar } from "../port/provider.ts";
import { LoginMemories } from "./auth/login-memory.ts";
import { listHome, listSingle, toRemoteCalendars } from "./calendars/list.ts";
import { connectAccount, policyOf, rediscover } from "./discovery/connect.ts";
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
		capabilities: { write: true, pastAbsenceMeansDeletion: true, calendarVersions: true, discoversCalendars: true },
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
) {
	const settings = accountOf(context);
	const session = sessionOf(context, settings, options, preset, memories);
	try {
		const calendars = await listAccount(session, settings);
		const { scheme } = session;
		return scheme === settings.auth
			? { calendars }
			: { calendars, settings: toSettings({ ...settings, auth: scheme }) };
	} catch (error) {
		if (!(error instanceof ProviderFailure) || (error.kind !== "not_found" && error.kind !== "gone")) throw error;
	}
	// The account has moved: look for it again from where it was found.
	const found = await rediscover(settings, session);
	return { calendars: await listAccount(session, found), settings: toSettings(found) };
}

async function listAccount(session: Session, settings: AccountSettings): Promise<readonly RemoteCalendar[]> {
	const listings = await Promise.all([
		...settings.homeSets.map((home) => listHome(session, new URL(home))),
		...settings.calendars.map((calendar) => listSingle(session, new URL(calendar))),
	]);
	return toRemoteCalendars(listings, {
		principal: settings.principal === null ? null : new URL(settings.principal),
		addresses: settings.addresses,
		now: session.now(),
	});
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
