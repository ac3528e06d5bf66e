import { expect, test } from "vitest";
import { ProviderFailure } from "../port/failure.ts";
import { patiently } from "./patience.ts";

const busy = new ProviderFailure("unavailable", { reason: "server_error", message: "busy" });
const limited = new ProviderFailure("rate_limited", { reason: "rate_limited", message: "slower" });

/** Fails so often, then answers; with the pauses that were made. */
async function attempt(
	failure: Error,
	times: number,
	context: { readonly pausing?: boolean; readonly signal?: AbortSignal } = {},
) {
	const { pausing = true, signal } = context;
	const pauses: number[] = [];
	let asked = 0;
	const outcome = await patiently(
		{
			random: () => 1,
			...(signal === undefined ? {} : { signal }),
			...(pausing ? { pause: async (milliseconds: number) => void pauses.push(milliseconds) } : {}),
		},
		async () => {
			asked += 1;
			if (asked <= times) throw failure;
			return "answer";
		},
	).catch((error: unknown) => error);
	return { outcome, pauses, asked };
}

test("what passes soon is asked again, each time after twice the pause", async () => {
	expect(await attempt(busy, 3)).toEqual({ outcome: "answer", pauses: [250, 500, 1000], asked: 4 });
	expect(await attempt(limited, 2)).toEqual({ outcome: "answer", pauses: [1000, 2000], asked: 3 });
});

test("the fourth failure is told", async () => {
	expect(await attempt(busy, 4)).toEqual({ outcome: busy, pauses: [250, 500, 1000], asked: 4 });
});

test("Retry-After is kept to, and a long one is left to the whole sync", async () => {
	const asks = (retryAfter: number) =>
		new ProviderFailure("rate_limited", { reason: "rate_limited", message: "slower", retryAfter });
	expect(await attempt(asks(3), 1)).toMatchObject({ outcome: "answer", pauses: [3000] });
	expect(await attempt(asks(60), 1)).toMatchObject({ outcome: { retryAfter: 60 }, asked: 1 });
});

test("what does not pass by waiting is told at once, also where nobody can pause or the work was stopped", async () => {
	const cursor = new ProviderFailure("cursor_expired", { reason: "sync_token_rejected", message: "too old" });
	const quota = new ProviderFailure("rate_limited", { reason: "quota_exceeded", message: "used up" });
	for (const failure of [cursor, quota, new Error("a fault of ours")]) {
		expect(await attempt(failure, 1)).toEqual({ outcome: failure, pauses: [], asked: 1 });
	}
	expect(await attempt(busy, 1, { pausing: false })).toMatchObject({ outcome: busy, asked: 1 });
	expect(await attempt(busy, 1, { signal: AbortSignal.abort() })).toMatchObject({ outcome: busy, asked: 1 });
});
