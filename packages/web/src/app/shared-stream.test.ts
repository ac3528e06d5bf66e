import { afterEach, expect, test } from "vitest";
import type { Visibility } from "./follow-stream.ts";
import { shareStream, type Told } from "./shared-stream.ts";

/** Tabs as the browser has them: each with its own channel and its own wish for the lock. */

const open: AbortController[] = [];
afterEach(() => {
	for (const tab of open.splice(0)) tab.abort();
});

interface Tab {
	readonly heard: Told[];
	/** What its stream began after; empty while another tab has the stream. */
	readonly begun: (number | undefined)[];
	/** As the server would. */
	readonly tell: (told: Told) => void;
	readonly over: Promise<void>;
	close(): void;
}

interface TabOptions {
	/** What it had read when it began. */
	readonly after?: number | "unknown";
	/** Where the server's stream begins for who says nothing. */
	readonly newest?: number;
	readonly visibility?: Visibility;
	readonly locks?: Pick<LockManager, "request">;
	readonly askEveryMs?: number;
}

const SEEN: Visibility = { isSeen: () => true, onChange: () => {} };

function openTab(
	name: string,
	{ after = 10, newest = 10, visibility = SEEN, locks = navigator.locks, askEveryMs = 20 }: TabOptions = {},
): Tab {
	const stop = new AbortController();
	open.push(stop);
	const heard: Told[] = [];
	const begun: (number | undefined)[] = [];
	let tellAll: ((told: Told) => void) | null = null;
	const over = shareStream({
		name,
		signal: stop.signal,
		after: after === "unknown" ? undefined : after,
		visibility,
		locks,
		askEveryMs,
		answerWithinMs: 100,
		hear: (told) => heard.push(told),
		async follow(from, tell, signal) {
			begun.push(from);
			tellAll = tell;
			tell({ type: from === undefined ? "anew" : "live", seq: from ?? newest });
			await new Promise((resolve) => signal.addEventListener("abort", resolve));
		},
	});
	return { heard, begun, tell: (told) => tellAll?.(told), over, close: () => stop.abort() };
}

const change = (seq: number): Told => ({ type: "change", change: "event.updated", seq });

test("one tab follows, every tab hears", async () => {
	const [first, second, third] = [openTab("one"), openTab("one"), openTab("one")];
	await expect.poll(() => [second.heard.length, third.heard.length]).toEqual([1, 1]);
	first.tell(change(11));
	await expect.poll(() => third.heard.at(-1)).toEqual(change(11));
	expect(second.heard.at(-1)).toEqual(change(11));
	expect(first.heard.filter(({ type }) => type === "change")).toEqual([change(11)]);
	expect([first.begun.length, second.begun.length, third.begun.length]).toEqual([1, 0, 0]);
});

test("a tab that comes later is told at once that it is live, and from where on", async () => {
	const first = openTab("late");
	await expect.poll(() => first.begun.length).toBe(1);
	first.tell(change(11));
	const late = openTab("late", { after: 11 });
	await expect.poll(() => late.heard).toEqual([{ type: "live", seq: 11 }]);
});

test("what was told between a tab's reading and its listening is read anew", async () => {
	const first = openTab("between");
	await expect.poll(() => first.begun.length).toBe(1);
	for (const seq of [11, 12, 13]) first.tell(change(seq));
	const late = openTab("between", { after: 11 });
	await expect.poll(() => late.heard).toEqual([{ type: "anew", seq: 13 }]);
	first.tell(change(14));
	await expect.poll(() => late.heard.slice(1)).toEqual([change(14)]);
});

test("a tab that has read what the others are still to hear hears it not again, and misses nothing after it", async () => {
	const first = openTab("ahead");
	await expect.poll(() => first.begun.length).toBe(1);
	const ahead = openTab("ahead", { after: 12 });
	await expect.poll(() => ahead.heard).toEqual([{ type: "live", seq: 12 }]);
	for (const seq of [11, 12, 13]) first.tell(change(seq));
	await expect.poll(() => ahead.heard.slice(1)).toEqual([change(13)]);
	// Messages were lost while it slept.
	first.tell(change(15));
	await expect.poll(() => ahead.heard.slice(2)).toEqual([{ type: "anew", seq: 15 }]);
});

test("a tab that does not know what it has read reads all anew once it hears", async () => {
	const tab = openTab("unknown", { after: "unknown", newest: 30 });
	await expect.poll(() => tab.heard).toEqual([{ type: "anew", seq: 30 }]);
	tab.tell(change(31));
	expect(tab.heard.slice(1)).toEqual([change(31)]);
});

test("a tab opened in the background knows at once how things stand, and looks after the other when it comes to the front", async () => {
	const first = openTab("background");
	await expect.poll(() => first.begun.length).toBe(1);
	let seen = false;
	let come = () => {};
	const visibility: Visibility = { isSeen: () => seen, onChange: (listener) => (come = listener) };
	const behind = openTab("background", { visibility, askEveryMs: 3_600_000 });
	await expect.poll(() => behind.heard).toEqual([{ type: "live", seq: 10 }]);
	const asked: string[] = [];
	const listener = new BroadcastChannel("background");
	listener.onmessage = ({ data }) => asked.push(data.type);
	seen = true;
	come();
	await expect.poll(() => asked).toEqual(["who", "live"]);
	listener.close();
});

test("where the browser gives no locks, a tab follows by itself and asks for none again and again", async () => {
	let requests = 0;
	const refuses = async () => {
		requests += 1;
		await new Promise((resolve) => setTimeout(resolve));
		throw new DOMException("not here", "SecurityError");
	};
	const tab = openTab("refused", { locks: { request: refuses as LockManager["request"] } });
	await expect.poll(() => tab.begun).toEqual([10]);
	tab.tell(change(11));
	await expect.poll(() => tab.heard).toEqual([{ type: "live", seq: 10 }, change(11)]);
	expect([requests, tab.begun.length]).toEqual([1, 1]);
	tab.close();
	await tab.over;
});

test("where the tab that followed is closed, another goes on from the last change", async () => {
	const [first, second] = [openTab("close"), openTab("close")];
	await expect.poll(() => second.heard.length).toBe(1);
	first.tell(change(11));
	await expect.poll(() => second.heard.at(-1)).toEqual(change(11));
	first.close();
	await first.over;
	await expect.poll(() => second.begun).toEqual([11]);
});

test("people do not hear of each other", async () => {
	const [ann, bea] = [openTab("ann"), openTab("bea")];
	await expect.poll(() => [ann.begun.length, bea.begun.length]).toEqual([1, 1]);
	ann.tell(change(11));
	bea.tell({ type: "change", change: "calendar.synced", seq: 11 });
	await expect.poll(() => bea.heard.at(-1)).toMatchObject({ change: "calendar.synced" });
	expect(bea.heard).not.toContainEqual(change(11));
});

test("a tab that was put to sleep while it followed loses the stream to one that is looked at", async () => {
	let release = () => {};
	const asleep = navigator.locks
		.request("asleep", () => new Promise<void>((resolve) => (release = resolve)))
		.catch(() => undefined);
	const tab = openTab("asleep");
	await expect.poll(() => tab.begun).toEqual([10]);
	release();
	await asleep;
	tab.tell(change(11));
	expect(tab.heard.at(-1)).toEqual(change(11));
});
