import { notFound } from "../http/google-error.ts";
import type { JsonObject } from "../json.ts";
import { etagOf } from "../world/calendar.ts";
import type { Answer, Call } from "./caller.ts";
import { beginListing, cutPage, endOfListing } from "./paging.ts";
import { readSyncToken, writeSyncToken } from "./tokens.ts";

const RESOURCE = "settings";

function etag({ caller }: Call): string {
	return etagOf(caller.account.settingsRevision, 0);
}

function view(call: Call, id: string, value: string): JsonObject {
	return { kind: "calendar#setting", etag: etag(call), id, value };
}

/** https://developers.google.com/calendar/api/v3/reference/settings/get */
export function getSetting(call: Call): Answer {
	const id = call.params.setting ?? "";
	const value = call.caller.account.settings.get(id);
	if (value === undefined) throw notFound();
	return { body: view(call, id, value), etag: etag(call) };
}

/** https://developers.google.com/calendar/api/v3/reference/settings/list: after a change of one all are listed. */
export function listSettings(call: Call): Answer {
	const { world, caller, query } = call;
	const { settings, settingsRevision } = caller.account;
	const token = query.text("syncToken");
	const wanted = { resource: `${RESOURCE} ${caller.account.email}`, same: "", oldest: 0 };
	const now = world.clock.now();
	const known = token === null ? 0 : readSyncToken(token, now, wanted).revision;
	const listing = beginListing(call, wanted.resource, { usual: 100, most: 250 });
	const changed = settingsRevision > known ? [...settings] : [];
	const page = cutPage(
		world,
		listing,
		changed.map(([id, value], key) => ({ key, id, item: view(call, id, value) })),
	);
	const syncToken = (): string =>
		writeSyncToken({ resource: wanted.resource, revision: listing.began, issuedAt: now, same: "" });
	const end = endOfListing(world, page.nextPageToken, syncToken);
	return { body: { kind: "calendar#settings", etag: etag(call), ...end, items: page.items } };
}
