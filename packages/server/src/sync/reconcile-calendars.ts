import type { CalendarListing, CalendarProvider } from "@kalends/providers";
import { applyReconciliation, type CalendarRow, failureOf, planReconciliation } from "../calendars/reconcile.ts";
import { appendChanges } from "../changes/append-changes.ts";
import { matchCalendars, rebaseCalendars } from "../connections/match-calendars.ts";
import type { Services } from "../services.ts";
import { type ClaimedRun, NO_EVENTS, recordProgress } from "./run-lease.ts";

/**
 * Brings the rows of the connection's calendars up to date with a listing, and answers them. Where the account has
 * moved, known calendars follow it, so that they and their events stay what they are.
 */
export async function reconcileCalendars(
	services: Services,
	run: ClaimedRun,
	provider: CalendarProvider,
	listing: CalendarListing,
): Promise<readonly CalendarRow[]> {
	const { db, now, newId } = services;
	const { calendars, failures = [] } = listing;
	const load = () =>
		db
			.selectFrom("calendars")
			.selectAll()
			.where("user_id", "=", run.userId)
			.where("connection_id", "=", run.connectionId)
			.orderBy("id")
			.execute();
	let rows = await load();
	const lost = listing.moved ? rows.filter((row) => failureOf(row, failures) === null) : [];
	const matches = matchCalendars(lost, calendars);
	if (matches.length > 0) {
		await db.transaction().execute(async (tx) => {
			await rebaseCalendars(tx, run, matches);
			await recordProgress(tx, run, NO_EVENTS);
		});
		rows = await load();
	}
	const plan = planReconciliation(rows, calendars, provider.capabilities.discoversCalendars, failures);
	if (Object.values(plan).every((part) => part.length === 0)) return rows;
	await db.transaction().execute(async (tx) => {
		const entries = await applyReconciliation(tx, { ...run, now: now(), newId }, plan);
		await recordProgress(tx, run, NO_EVENTS);
		await appendChanges(tx, run.userId, now(), entries);
	});
	return load();
}
