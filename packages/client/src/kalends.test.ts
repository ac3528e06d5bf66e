import { expect, test } from "vitest";
import { Kalends } from "./index.ts";

/** A server that answers what it is told, in order, and keeps what it was asked. */
function scripted(...answers: (Response | Error)[]) {
	const requests: {
		readonly method: string;
		readonly url: string;
		readonly headers: Headers;
		readonly body: unknown;
	}[] = [];
	const fetch = async (url: string, init: RequestInit = {}) => {
		requests.push({
			method: init.method ?? "GET",
			url,
			headers: new Headers(init.headers),
			body: typeof init.body === "string" ? JSON.parse(init.body) : null,
		});
		const answer = answers.shift();
		if (answer === undefined) throw new TypeError("the script has no more answers");
		if (answer instanceof Error) throw answer;
		return answer;
	};
	return { requests, fetch };
}

test("a key, a user to act for and a query travel as the API wants them", async () => {
	const { fetch, requests } = scripted(Response.json({ data: [], next_cursor: null }));
	const kalends = new Kalends({ url: "https://k.example/", apiKey: "kal_x", actFor: "usr_1", fetch });
	await kalends.events.list({ calendar_id: ["cal_1", "cal_2"], show_cancelled: true, q: undefined, time_zone: "UTC" });
	expect(requests[0]).toMatchObject({
		method: "GET",
		url: "https://k.example/v1/events?calendar_id=cal_1&calendar_id=cal_2&show_cancelled=true&time_zone=UTC",
	});
	expect(Object.fromEntries(requests[0]?.headers ?? [])).toMatchObject({
		authorization: "Bearer kal_x",
		"kalends-user": "usr_1",
	});
});
