import { expect, test } from "vitest";
import { Kalends, type KalendsError, type StreamState } from "./index.ts";
import { problem, type ScriptedAnswer, scripted } from "./testing.ts";

function ready(last: number): string {
	return `retry: 2000\nid: ${last}\nevent: ready\ndata: {"last_seq":${last}}\n\n`;
}
function change(seq: number): string {
	return `id: ${seq}\nevent: event.updated\ndata: {"seq":${seq},"type":"event.updated","id":"evt_1","at":""}\n\n`;
}

/** Sends the pieces, then ends (or stays open where the last piece is null). */
function streamOf(...pieces: (string | null)[]): Response {
	const encoder = new TextEncoder();
	const body = new ReadableStream<Uint8Array>({
		pull(controller) {
			const piece = pieces.shift();
			if (piece === undefined) controller.close();
			else if (piece !== null) controller.enqueue(encoder.encode(piece));
		},
	});
	return new Response(body, { headers: { "content-type": "text/event-stream" } });
}

async function follow(answers: ScriptedAnswer[], count: number, after?: number) {
	const stopping = new AbortController();
	const { options, requests, waits } = scripted(...answers);
	const states: StreamState[] = [];
	const seqs: number[] = [];
	const stream = new Kalends(options).stream({
		after,
		signal: stopping.signal,
		onState: (state) => states.push(state),
	});
	let failure: unknown = null;
	try {
		for await (const { seq } of stream) {
			seqs.push(seq);
			if (seqs.length === count) stopping.abort();
		}
	} catch (error) {
		failure = error;
	}
	const positions = requests.map(({ headers }) => headers.get("last-event-id"));
	return { seqs, states, positions, waits, failure: failure as KalendsError | null };
}

test("changes come however the text is cut into pieces, comments and all", async () => {
	const text = `${ready(4)}: still here\n\n${change(5)}${change(6)}`.replaceAll("\n", "\r\n");
	const bytes = [...text];
	const { seqs, states } = await follow([streamOf(...bytes, null)], 2);
	expect(seqs).toEqual([5, 6]);
	expect(states).toEqual([{ type: "live", lastSeq: 4 }]);
});

test("after a break it goes on behind the last change seen, and tells nothing twice", async () => {
	const { seqs, positions, waits, states } = await follow(
		[
			streamOf(ready(7), change(8)),
			new TypeError("fetch failed"),
			problem(503, "unavailable", {}, { "retry-after": "1" }),
			streamOf(ready(8), change(8), change(9)),
			streamOf(ready(9), change(10), null),
		],
		3,
	);
	expect(seqs).toEqual([8, 9, 10]);
	expect(positions).toEqual([null, "8", "8", "8", "9"]);
	expect(waits).toEqual([375, 750, 2500, 375]);
	expect(states.map((state) => (state.type === "live" ? state.lastSeq : (state.error?.code ?? "ended")))).toEqual([
		7,
		"ended",
		"network_error",
		"unavailable",
		8,
		"ended",
		9,
	]);
});

test("it begins behind a number, also where that is 0, and keeps the place of a stream without changes", async () => {
	const { positions, seqs } = await follow([streamOf(ready(0)), streamOf(ready(0), change(1), null)], 1, 0);
	expect([positions, seqs]).toEqual([["0", "0"], [1]]);
});

test.each([
	[410, "gone"],
	[401, "unauthenticated"],
	[403, "insufficient_scope"],
])("%i %s is the caller's to decide", async (status, code) => {
	const { failure, seqs } = await follow([streamOf(ready(1), change(2)), problem(status, code)], 5);
	expect(seqs).toEqual([2]);
	expect(failure).toMatchObject({ status, code });
});

test("leaving the loop ends the connection", async () => {
	const cancelled = Promise.withResolvers<void>();
	const body = new ReadableStream<Uint8Array>({
		start: (controller) => controller.enqueue(new TextEncoder().encode(ready(0) + change(1))),
		cancel: () => cancelled.resolve(),
	});
	const { options } = scripted(new Response(body));
	for await (const { seq } of new Kalends(options).stream()) {
		expect(seq).toBe(1);
		break;
	}
	await cancelled.promise;
});
