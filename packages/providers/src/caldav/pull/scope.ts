import type { KnownResources, ProviderContext, RemoteCalendar } from "../../port/provider.ts";
import type { Session } from "../session.ts";
import type { CalendarSettings } from "../settings.ts";
import type { Etags } from "./compare.ts";
import { Pages } from "./pages.ts";
import { readingContext } from "./resource.ts";

const DAY = 24 * 3600 * 1000;
/** How long sync-collection is left alone after it was refused or wrong; servers get mended. */
const AVOID_SYNC = 7 * DAY;
const AVOID_AFTER_STUMBLE = DAY / 12;

/** What every way of pulling one calendar works with. */
export interface PullScope {
	readonly session: Session;
	readonly collection: URL;
	readonly calendarId: string;
	readonly settings: CalendarSettings;
	/** When the pull began, epoch milliseconds. */
	readonly now: number;
	readonly random: () => number;
	/** Asked for at most once; the answer stays that of the first time. */
	known(): Promise<Etags>;
	pages(mode: "delta" | "full", pending: Readonly<Record<string, string | null>>): Pages;
	/** The instant until which sync-collection is to be left alone: shortly where the server stumbled, else for days. */
	avoidSync(status?: number): number;
}

export function pullScope(
	session: Session,
	calendar: RemoteCalendar,
	settings: CalendarSettings,
	known: KnownResources,
	context: ProviderContext,
): PullScope {
	const now = context.now();
	let asked: Promise<Etags> | null = null;
	const knownOnce = () => {
		asked ??= known.etags();
		return asked;
	};
	const reading = readingContext(calendar, settings, context);
	return {
		session,
		collection: new URL(settings.url),
		calendarId: calendar.id,
		settings,
		now,
		random: context.random,
		known: knownOnce,
		pages: (mode, pending) => new Pages(mode, knownOnce, reading, pending),
		avoidSync: (status = 0) => now + (status >= 500 && status !== 501 ? AVOID_AFTER_STUMBLE : AVOID_SYNC),
	};
}
