import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { followNow, readNow } from "./use-now.ts";

const MINUTE = 60_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("it moves on while somebody follows it", () => {
	const told = vi.fn();
	const stop = followNow(told);
	vi.advanceTimersByTime(MINUTE);
	expect(told).toHaveBeenCalledTimes(4);
	expect(readNow()).toBe(Date.now());
	stop();
});

test("after a time in which nobody followed it, it is not of then", () => {
	followNow(() => {})();
	vi.advanceTimersByTime(60 * MINUTE);
	expect(readNow()).toBe(Date.now());
	expect(readNow()).toBe(readNow());
});

test("one that stops does not stop it for others", () => {
	const told = vi.fn();
	const stop = followNow(told);
	followNow(() => {})();
	vi.advanceTimersByTime(MINUTE);
	expect(told).toHaveBeenCalledTimes(4);
	stop();
});
