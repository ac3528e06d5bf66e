import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Sandbox, startSandbox } from "../server.ts";
import { accessToken } from "../testing/google-client.ts";

const ADA = "ada@example.com";

let sandbox: Sandbox;
beforeAll(async () => {
	sandbox = await startSandbox({ seed: "demo" });
});
beforeEach(() => control("POST", "/reset"));
afterAll(() => sandbox.close());

async function control<T = Record<string, unknown>>(method: string, path: string, body?: unknown) {
	const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
	const answer = await fetch(`${sandbox.url}/_sandbox${path}`, init);
	const text = await answer.text();
	return { status: answer.status, body: (text === "" ? undefined : JSON.parse(text)) as T };
}

/** What a client of the Calendar API gets. */
function calendar(path: string, token = accessToken(sandbox, ADA)): Promise<Response> {
	return fetch(`${sandbox.url}/calendar/v3/${path}`, { headers: { authorization: `Bearer ${token}` } });
}

const LIST = "calendars/primary/events";

test("errors of every kind are answered as Google words them, as often as was asked", async () => {
	const kinds = [
		[403, "rateLimitExceeded", "usageLimits"],
		[403, "userRateLimitExceeded", "usageLimits"],
		[403, "quotaExceeded", "usageLimits"],
		[429, "rateLimitExceeded", "usageLimits"],
		[500, "backendError", "global"],
	] as const;
	for (const [status, reason, domain] of kinds) {
		await control("POST", "/faults", { kind: "status", status, reason, count: 1, path: "/events" });
		const answer = await calendar(LIST);
		expect([answer.status, await answer.json()]).toMatchObject([status, { error: { errors: [{ reason, domain }] } }]);
		expect((await calendar(LIST)).status).toBe(200);
	}
	const { body } = await control<{ struck: number }[]>("GET", "/faults");
	expect(body.map(({ struck }) => struck)).toEqual([1, 1, 1, 1, 1]);
});

test("a lost answer leaves the write done; a dropped connection does not", async () => {
	const insert = (summary: string) =>
		fetch(`${sandbox.url}/calendar/v3/${LIST}`, {
			method: "POST",
			headers: { authorization: `Bearer ${accessToken(sandbox, ADA)}` },
			body: JSON.stringify({ summary, start: { date: "2027-01-01" }, end: { date: "2027-01-02" } }),
		});
	await control("POST", "/faults", { kind: "lose_answer", method: "POST", count: 1 });
	await expect(insert("lost")).rejects.toThrow();
	await control("POST", "/faults", { kind: "drop", method: "POST", count: 1 });
	await expect(insert("dropped")).rejects.toThrow();
	const { items } = (await (
		await calendar(`${LIST}?timeMin=2027-01-01T00:00:00Z&timeMax=2027-01-02T00:00:00Z`)
	).json()) as {
		items: { summary: string }[];
	};
	const titles = items.map(({ summary }) => summary);
	expect(titles).toContain("lost");
	expect(titles).not.toContain("dropped");
	const { body } = await control<{ requests: { status: number | null }[] }>("GET", "/requests");
	expect(body.requests.filter(({ status }) => status === null)).toHaveLength(2);
});

test("truncated JSON ends in the middle, as if it were whole", async () => {
	await control("POST", "/faults", { kind: "truncate", count: 1 });
	const text = await (await calendar(LIST)).text();
	expect(text.startsWith('{"')).toBe(true);
	expect(() => JSON.parse(text)).toThrow();
});

test("what is wrong with a request is told all at once, and nothing is done", async () => {
	const fault = await control<{ faults: string[] }>("POST", "/faults", { kind: "status", rate: 3, pth: "x" });
	expect(fault.status).toBe(400);
	expect(fault.body.faults).toEqual([
		"rate must be a number from 0 to 1.",
		"status must be given.",
		"pth is not known here.",
	]);
	const settings = await control("PATCH", "/settings", { push: { lossRate: 2 }, accessTokenLife: 60 });
	expect(settings.status).toBe(400);
	expect(sandbox.world.oauth.accessTokenLife).toBe(3599);
	expect((await control("POST", "/load", { account: "nobody@example.com", events: 1 })).status).toBe(404);
	expect((await control("POST", "/nothing")).status).toBe(404);
});

test("tokens, consents and sync tokens end", async () => {
	const token = accessToken(sandbox, ADA);
	const { nextSyncToken } = (await (await calendar(LIST, token)).json()) as { nextSyncToken: string };
	const later = `${LIST}?syncToken=${encodeURIComponent(nextSyncToken)}`;
	expect((await calendar(later, token)).status).toBe(200);
	await control("POST", "/sync-tokens/expire", { account: ADA });
	const gone = await calendar(later, token);
	expect([gone.status, await gone.json()]).toMatchObject([
		410,
		{ error: { errors: [{ reason: "fullSyncRequired" }] } },
	]);
	const anew = (await (await calendar(LIST, token)).json()) as { nextSyncToken: string };
	expect((await calendar(`${LIST}?syncToken=${encodeURIComponent(anew.nextSyncToken)}`, token)).status).toBe(200);
	await control("POST", "/tokens/expire", {});
	expect((await calendar(LIST, token)).status).toBe(401);
});

test("other people's changes are made in their name, by every call that the API has", async () => {
	const made = await control<{ id: string }>("POST", "/as/grace@example.org/calendars/primary/events?sendUpdates=all", {
		summary: "Surprise",
		start: { dateTime: "2027-01-01T10:00:00Z" },
		end: { dateTime: "2027-01-01T11:00:00Z" },
		attendees: [{ email: ADA }],
	});
	expect(made.status).toBe(200);
	expect((await calendar(`${LIST}/${made.body.id}`)).status).toBe(200);
	const { body: mails } = await control<{ to: string; kind: string }[]>("GET", "/mails");
	expect(mails).toMatchObject([{ to: ADA, kind: "invitation" }]);
	expect((await control("DELETE", "/as/ada@example.com/calendars/primary/events/nothing")).status).toBe(404);
});

test("accounts, calendars, shares and many events are made; a reset takes all of it back", async () => {
	await control("POST", "/accounts", { email: "new@example.com", timeZone: "Asia/Tokyo" });
	expect((await control("POST", "/accounts", { email: "NEW@example.com" })).status).toBe(409);
	const { body } = await control<{ id: string }>("POST", "/calendars", { account: "new@example.com", summary: "Side" });
	await control("POST", `/calendars/${body.id}/share`, { account: ADA, role: "reader" });
	const load = { account: "new@example.com", calendar: body.id, events: 300, series: 20, seed: 3 };
	expect((await control("POST", "/load", load)).body).toEqual({ calendar: body.id, created: 300 });
	expect((await control("POST", "/load", load)).status).toBe(409);
	const list = (await (await calendar(`calendars/${body.id}/events?maxResults=2500`)).json()) as { items: unknown[] };
	expect(list.items).toHaveLength(300);
	const before = sandbox.world.accounts.get(ADA)?.sub;
	await control("POST", "/reset");
	expect([...sandbox.world.accounts.keys()]).toEqual([ADA, "grace@example.org", "sam@example.com"]);
	expect(sandbox.world.accounts.get(ADA)?.sub).toBe(before);
	expect(sandbox.world.calendars.has(body.id)).toBe(false);
});

test("the page shows what there is, and its forms do what requests do", async () => {
	const page = async () => (await fetch(`${sandbox.url}/_sandbox`)).text();
	expect(await page()).toContain("None: everything is answered as it should be.");
	const press = (fields: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>> = {}) =>
		fetch(`${sandbox.url}/_sandbox/page`, {
			method: "POST",
			body: new URLSearchParams(fields),
			headers,
			redirect: "manual",
		});
	expect((await press({ do: "fault", kind: "403 quotaExceeded", percent: "20", path: "" })).status).toBe(303);
	expect(sandbox.world.faults.list()).toMatchObject([
		{ input: { kind: "status", status: 403, reason: "quotaExceeded", rate: 0.2 } },
	]);
	expect(await page()).toContain("403 quotaExceeded");
	expect((await press({ do: "push", percent: "50", delay: "10" })).status).toBe(303);
	expect(sandbox.world.push).toMatchObject({ lossRate: 0.5, delay: 10 });
	expect((await press({ do: "reset" }, { "sec-fetch-site": "cross-site" })).status).toBe(400);
	expect((await press({ do: "reset" })).status).toBe(303);
	expect(sandbox.world.faults.list()).toEqual([]);
});
