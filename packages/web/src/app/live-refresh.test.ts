import { expect, test } from "vitest";
import { createRefresher } from "./live-refresh.ts";

function scene() {
	const refreshed: string[] = [];
	const due: (() => void)[] = [];
	const refresher = createRefresher(
		(kind) => refreshed.push(kind),
		(work) => {
			due.push(work);
			return () => due.splice(due.indexOf(work), 1);
		},
	);
	return { refreshed, due, refresher };
}

test("many changes are one refresh of what they touch", () => {
	const { refreshed, due, refresher } = scene();
	for (const type of ["event.created", "event.updated", "calendar.synced", "event.deleted"]) refresher.note(type);
	expect(due).toHaveLength(1);
	due.shift()?.();
	expect(refreshed).toEqual(["events", "bookings", "calendars"]);
	refresher.note("connection.updated");
	expect(due).toHaveLength(1);
});

test("what is not known refreshes nothing; stopped, nothing more comes", () => {
	const { due, refresher } = scene();
	refresher.note("booking.paid");
	expect(due).toHaveLength(0);
	refresher.note("event.created");
	refresher.stop();
	expect(due).toHaveLength(0);
});
