import type { HttpResponse } from "../../port/http.ts";
import { judgePage, type Page } from "../exchange.ts";
import type { Session } from "../session.ts";
import { type CalendarListEntry, isObject, textOf } from "../types.ts";

const EXCHANGE = { operation: "list_calendars" } as const;
const FIELDS =
	"items(id,summary,summaryOverride,backgroundColor,timeZone,accessRole,primary,hidden,deleted,defaultReminders),nextPageToken";

/** Asks for one page of the account's calendars, hidden ones included (google.md §3). */
function sendCalendarPage(session: Session, pageToken: string | null): Promise<HttpResponse> {
	return session.send({
		method: "GET",
		path: ["users", "me", "calendarList"],
		query: { maxResults: "250", showHidden: "true", fields: FIELDS, pageToken: pageToken ?? undefined },
		exchange: EXCHANGE,
	});
}

function judgeCalendarPage(response: HttpResponse, now: number): Promise<Page> {
	return judgePage(response, EXCHANGE, now);
}

/** All calendars that the account has; deleted ones are left out. */
export async function listCalendars(
	session: Session,
): Promise<readonly (CalendarListEntry & { readonly id: string })[]> {
	const entries = new Map<string, CalendarListEntry & { readonly id: string }>();
	let token: string | null = null;
	do {
		const at: string | null = token;
		const page: Page = await session.patiently(async () =>
			judgeCalendarPage(await sendCalendarPage(session, at), session.now()),
		);
		for (const item of page.items) {
			const entry = asEntry(item);
			if (entry !== null && entry.deleted !== true) entries.set(entry.id, entry);
		}
		token = page.nextPageToken;
	} while (token !== null);
	return [...entries.values()];
}

function asEntry(item: unknown): (CalendarListEntry & { readonly id: string }) | null {
	if (!isObject(item)) return null;
	const id = textOf(item.id);
	return id === "" ? null : { ...item, id };
}
