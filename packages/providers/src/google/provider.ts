import { ProviderFailure } from "../port/failure.ts";
import type { CalendarProvider, CallQuota, ProviderContext, RemoteCalendar } from "../port/provider.ts";
import { toRemoteCalendar } from "./calendars/calendar.ts";
import { listCalendars } from "./calendars/list.ts";
import { CONSENT } from "./consent.ts";
import { pullCalendar } from "./pull/pull.ts";
import { judgeStop, judgeWatch, readMessage, sendStop, sendWatch } from "./push.ts";
import { Session } from "./session.ts";
import { mappingOf, readCursor } from "./settings.ts";
import { googleWriter } from "./write/writer.ts";

export interface GoogleOptions {
	/** Root of the API, which `calendar/v3/` is added to. */
	readonly apiUrl: URL;
}

/** What Google gives a project unless it is asked for more; a PATCH is three. */
const QUOTA: CallQuota = {
	perAccount: 600,
	perProject: 10_000,
	unitsOf: (method) => (method === "PATCH" ? 3 : 1),
};

type Reach = Pick<ProviderContext, "http" | "tokens" | "now" | "signal">;

/** Google Calendar, API v3. */
export function googleProvider({ apiUrl }: GoogleOptions): CalendarProvider {
	const open = (context: Reach) => new Session(apiUrl, context);
	const calendarsOf = async (context: Reach): Promise<readonly RemoteCalendar[]> =>
		(await listCalendars(open(context))).map((entry) => toRemoteCalendar(entry, context.tokens?.scopes));
	return {
		id: "google",
		capabilities: {
			pastAbsenceMeansDeletion: true,
			calendarVersions: false,
			discoversCalendars: true,
			makesConferences: true,
			keepsDefaultReminders: true,
			leavesInvitations: true,
			mailsReminders: true,
			cancelsByDeleting: true,
			namesEvents: true,
		},
		quota: QUOTA,
		consent: CONSENT,
		writer: googleWriter(open),
		push: {
			async watch(calendar, request, context) {
				if (calendar?.access === "free_busy") throw noPush(calendar);
				const session = open(context);
				return await judgeWatch(await sendWatch(session, calendar, request), request, session.now());
			},
			readMessage,
			async stop(channel, context) {
				const session = open(context);
				await judgeStop(await sendStop(session, channel), session.now());
			},
		},
		async connect(_input, context) {
			const calendars = await calendarsOf(context);
			// The primary calendar is called by the account's address.
			const account = calendars.find(({ primary }) => primary)?.id ?? "Google";
			return { account, suggestedName: account, credentials: {}, settings: {}, calendars };
		},
		listCalendars: async (context) => ({ calendars: await calendarsOf(context) }),
		pull: (calendar, cursor, known, context) =>
			pullCalendar({ session: open(context), calendar, known, mapping: mappingOf(calendar) }, readCursor(cursor)),
	};
}

function noPush({ id }: RemoteCalendar): ProviderFailure {
	return new ProviderFailure("invalid", {
		reason: "push_unsupported",
		message: `${id} shows its times only and is read as a whole, so it is not watched`,
	});
}
