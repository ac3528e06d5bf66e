import { beforeEach, expect, test, vi } from "vitest";
import { sessionEnded } from "../../../api/server.ts";
import { addUntilSignedIn, failedWrites, removeFailed } from "./requests.ts";

const failed = (again: () => void) => ({ title: "T", detail: "D", fix: null, again });

beforeEach(() => {
	failedWrites.set([]);
	sessionEnded.set(true);
});

test("what failed for want of a session goes, and is sent once, when the person has signed in", () => {
	const again = vi.fn();
	addUntilSignedIn(failed(again));
	expect([failedWrites.get().length, again.mock.calls.length]).toEqual([1, 0]);
	sessionEnded.set(false);
	expect([failedWrites.get().length, again.mock.calls.length]).toEqual([0, 1]);
	sessionEnded.set(true);
	sessionEnded.set(false);
	expect(again).toHaveBeenCalledTimes(1);
});

test("what was given up until then is not sent", () => {
	const again = vi.fn();
	addUntilSignedIn(failed(again));
	removeFailed(failedWrites.get()[0]?.id ?? 0);
	sessionEnded.set(false);
	expect(again).not.toHaveBeenCalled();
});
