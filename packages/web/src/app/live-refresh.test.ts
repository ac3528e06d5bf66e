import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { expect, test } from "vitest";
import { createRefresher, readAnew } from "./live-refresh.ts";

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

test("what is being read for the first time while it changes is read once more", async () => {
	const client = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: 60_000 } } });
	let title = "before";
	const answers: (() => void)[] = [];
	const observer = new QueryObserver(client, {
		queryKey: ["events", "week"],
		queryFn: async () => {
			const read = title;
			await new Promise<void>((resolve) => answers.push(resolve));
			return read;
		},
	});
	const stop = observer.subscribe(() => {});
	title = "after";
	const done = readAnew(client, ["events"]);
	answers.shift()?.();
	await expect.poll(() => answers.length).toBe(1);
	answers.shift()?.();
	await done;
	expect(client.getQueryData(["events", "week"])).toBe("after");
	stop();
	client.clear();
});

test("what has been read and is not shown is read when it is shown next", async () => {
	const client = new QueryClient({ defaultOptions: { queries: { staleTime: 60_000 } } });
	client.setQueryData(["events", "week"], "before");
	client.setQueryData(["calendars"], "before");
	await readAnew(client, ["events"]);
	expect(client.getQueryState(["events", "week"])?.isInvalidated).toBe(true);
	expect(client.getQueryState(["calendars"])?.isInvalidated).toBe(false);
	await readAnew(client, []);
	expect(client.getQueryState(["calendars"])?.isInvalidated).toBe(true);
	client.clear();
});
