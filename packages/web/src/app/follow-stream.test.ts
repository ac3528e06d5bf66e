import type { StreamOptions } from "@kalends/client";
import { afterEach, expect, test } from "vitest";
import { type FollowOptions, followStream, followWhileSeen } from "./follow-stream.ts";
import type { Told } from "./shared-stream.ts";

let stop: AbortController;
afterEach(() => stop.abort());

/** A server with a feed; a stream of it ends with what `fail` throws. */
function scene() {
	stop = new AbortController();
	const feed = { seq: 10 };
	const asked: (number | undefined)[] = [];
	const told: Told[] = [];
	let broken = Promise.withResolvers<never>();
	let wake = () => {};
	async function* open({
		after,
		onState,
		signal,
	}: StreamOptions): ReturnType<FollowOptions["open"]> extends AsyncIterable<infer T> ? AsyncGenerator<T> : never {
		asked.push(after);
		const mine = broken;
		const over = new Promise<void>((resolve) => signal?.addEventListener("abort", () => resolve()));
		let last = after ?? feed.seq;
		onState?.({ type: "live", lastSeq: last });
		while (signal?.aborted === false) {
			while (last < feed.seq) yield { type: "event.updated", seq: ++last };
			await Promise.race([mine.promise, over, new Promise<void>((resolve) => (wake = resolve))]);
		}
	}
	const fail = () => {
		const was = broken;
		broken = Promise.withResolvers<never>();
		was.reject(new Error("gone"));
	};
	const append = () => {
		feed.seq += 1;
		wake();
	};
	const options: FollowOptions = { open, tell: (one) => told.push(one), signal: stop.signal, pauseMs: 1 };
	return { feed, asked, told, fail, append, options };
}

const change = (seq: number): Told => ({ type: "change", change: "event.updated", seq });

test("where it cannot go on, all is read anew only once the stream is open again: nothing falls between", async () => {
	const { feed, asked, told, fail, append, options } = scene();
	void followStream(10, options);
	await expect.poll(() => told).toEqual([{ type: "waiting" }, { type: "live", seq: 10 }]);
	fail();
	feed.seq = 12;
	await expect.poll(() => asked).toEqual([10, undefined]);
	append();
	await expect.poll(() => told.at(-1)).toEqual(change(13));
	expect(told.slice(2).filter(({ type }) => type !== "waiting")).toEqual([{ type: "anew", seq: 12 }, change(13)]);
	expect(told[2]).toEqual({ type: "waiting" });
});

test("where there is a network again a stream that waits for it is opened at once, and goes on where it was", async () => {
	const { asked, told, append, options } = scene();
	const network = new EventTarget();
	const onNetwork: NonNullable<FollowOptions["onNetwork"]> = (listener, signal) =>
		network.addEventListener("online", listener, { signal });
	void followStream(10, { ...options, pauseMs: 3_600_000, onNetwork });
	await expect.poll(() => told.length).toBe(2);
	append();
	await expect.poll(() => told.at(-1)).toEqual(change(11));
	network.dispatchEvent(new Event("online"));
	await expect.poll(() => asked).toEqual([10, 11]);
	await expect.poll(() => told.slice(3)).toEqual([{ type: "waiting" }, { type: "live", seq: 11 }]);
	network.dispatchEvent(new Event("online"));
	await expect.poll(() => asked).toEqual([10, 11, 11]);
});

test("a tab that nobody sees lets go of its stream, goes on where it was, and leaves nothing behind", async () => {
	const { asked, told, append, options } = scene();
	const { signal } = options;
	/** What waits for the end of the tab. */
	const kept = new Set<unknown>();
	const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)];
	Object.assign(signal, {
		addEventListener: (type: string, listener: () => void) => add(type, listener, kept.add(listener) && {}),
		removeEventListener: (type: string, listener: () => void) => remove(type, listener, kept.delete(listener) && {}),
	});
	let seen = true;
	const listeners = new Set<() => void>();
	const look = () => {
		for (const listener of [...listeners]) listener();
	};
	let rests = 0;
	void followWhileSeen(10, {
		...options,
		rest: () => rests++,
		visibility: {
			isSeen: () => seen,
			onChange: (listener, signal) => {
				listeners.add(listener);
				signal.addEventListener("abort", () => listeners.delete(listener));
			},
		},
	});
	for (let times = 1; times <= 20; times++) {
		await expect.poll(() => asked.length).toBe(times);
		append();
		await expect.poll(() => told.at(-1)).toEqual(change(10 + times));
		seen = false;
		look();
		await expect.poll(() => rests).toBe(times);
		seen = true;
		look();
	}
	await expect.poll(() => asked).toEqual(Array.from({ length: 21 }, (_, times) => 10 + times));
	expect(listeners.size).toBe(1);
	expect(kept.size).toBeLessThan(3);
});
