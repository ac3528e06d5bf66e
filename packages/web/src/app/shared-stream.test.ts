import { afterEach, expect, test } from "vitest";
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

function openTab(name: string): Tab {
	const stop = new AbortController();
	open.push(stop);
	const heard: Told[] = [];
	const begun: (number | undefined)[] = [];
	let tellAll: ((told: Told) => void) | null = null;
	const over = shareStream({
		name,
		signal: stop.signal,
		isSeen: () => true,
		askEveryMs: 20,
		answerWithinMs: 100,
		hear: (told) => heard.push(told),
		async follow(after, tell, signal) {
			begun.push(after);
			tellAll = tell;
			tell({ type: "live", seq: 10 });
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
	first.tell(change(15));
	const late = openTab("late");
	await expect.poll(() => late.heard[0]).toEqual({ type: "live", seq: 15 });
});

test("where the tab that followed is closed, another goes on from the last change", async () => {
	const [first, second] = [openTab("close"), openTab("close")];
	await expect.poll(() => second.heard.length).toBe(1);
	first.tell(change(12));
	await expect.poll(() => second.heard.at(-1)).toEqual(change(12));
	first.close();
	await first.over;
	await expect.poll(() => second.begun).toEqual([12]);
});

test("people do not hear of each other", async () => {
	const [ann, bea] = [openTab("ann"), openTab("bea")];
	await expect.poll(() => [ann.begun.length, bea.begun.length]).toEqual([1, 1]);
	ann.tell(change(11));
	bea.tell(change(50));
	await expect.poll(() => bea.heard.at(-1)).toEqual(change(50));
	expect(bea.heard).not.toContainEqual(change(11));
});

test("a tab that was put to sleep while it followed loses the stream to one that is looked at", async () => {
	let release = () => {};
	const asleep = navigator.locks
		.request("asleep", () => new Promise<void>((resolve) => (release = resolve)))
		.catch(() => undefined);
	const tab = openTab("asleep");
	await expect.poll(() => tab.begun).toEqual([undefined]);
	release();
	await asleep;
	tab.tell(change(11));
	expect(tab.heard.at(-1)).toEqual(change(11));
});
