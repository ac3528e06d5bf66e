import { sameContent } from "../../merge/same-content.ts";
import { ourUid } from "./cells.ts";
import type { Database } from "./database.ts";
import { Violation } from "./oracle.ts";
import type { Provider, RemoteState } from "./provider.ts";
import type { Calendar } from "./rows.ts";
import type { World } from "./world.ts";

/**
 * At rest: what is shown is what the provider has, each event in one calendar, and nothing that anybody did is lost.
 * @throws Violation
 */
export function checkAgreement({ oracle }: World, db: Database): void {
	const final = new Map<string, string>();
	const uids: string[] = [];
	for (const calendar of db.calendars) {
		checkRows(db, calendar);
		for (const { events } of statesOf(calendar.provider)) {
			for (const [cell, value] of calendar.provider.cells(events)) final.set(cell, value);
			uids.push(...new Set(events.map(({ uid }) => ourUid(uid))));
		}
	}
	const twice = uids.find((uid, index) => uids.indexOf(uid) !== index);
	if (twice !== undefined) throw new Violation(`${twice} is there twice`);
	oracle.checkEdits(final);
	oracle.checkGivenUp(uids);
	oracle.checkCopies(uids);
}

function statesOf(provider: Provider): RemoteState[] {
	return provider.ids().flatMap((id) => provider.read(id) ?? []);
}

function checkRows(db: Database, calendar: Calendar): void {
	const { provider } = calendar;
	const rows = [...db.rows.values()].filter((row) => row.calendar === calendar && !row.gone);
	const ids = rows.map(({ remoteId }) => remoteId);
	const there = provider.ids();
	if (new Set(ids).size !== ids.length) throw new Violation(`rows of one resource: ${ids.join()}`);
	if (ids.length !== there.length) throw new Violation(`${ids.length} rows of ${there.length} resources`);
	for (const row of rows) {
		const state = provider.read(row.remoteId ?? "");
		if (!sameContent(row.shown, state?.events ?? null)) throw new Violation(`${row.id} shows something else`);
		if (!sameContent(row.remote, state?.events ?? null)) throw new Violation(`${row.id} remembers something else`);
	}
}
