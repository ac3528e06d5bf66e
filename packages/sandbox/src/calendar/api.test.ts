import { afterEach, expect, test } from "vitest";
import { revokeGrant } from "../oauth/grants.ts";
import { DEFAULT_CLIENT } from "../options.ts";
import { addEvents } from "../seed/add-events.ts";
import { ADA, accessToken, BOB, googleClient, refusal, stage, timed } from "../testing/google-client.ts";

const sandbox = await stage();
const { world, url } = sandbox;
const { events, calendarList } = googleClient(sandbox, ADA);
const calendarId = "primary";

afterEach(() => {
	world.faults.clear();
	world.quotas.reset();
	world.quotas.limits = { perMinutePerUser: null, perMinutePerProject: null, status: 403 };
});

const get = (path: string, headers: Readonly<Record<string, string>> = {}) =>
	fetch(`${url}/calendar/v3/${path}`, {
		headers: { authorization: `Bearer ${accessToken(sandbox, ADA)}`, "user-agent": "test", ...headers },
	});

test("errors have Google's form", async () => {
	const missing = await fetch(`${url}/calendar/v3/users/me/calendarList`);
	expect(missing.status).toBe(401);
	expect(missing.headers.get("www-authenticate")).toContain("Bearer");
	const wrong = await get("users/me/calendarList", { authorization: "Bearer nonsense" });
	expect(await wrong.json()).toEqual({
		error: {
			errors: [
				{
					domain: "global",
					reason: "authError",
					message: "Invalid Credentials",
					locationType: "header",
					location: "Authorization",
				},
			],
			code: 401,
			message: "Invalid Credentials",
			status: "UNAUTHENTICATED",
		},
	});
	const unknown = await get("calendars/primary/events/nothing0");
	expect(await unknown.json()).toEqual({
		error: {
			errors: [{ domain: "global", reason: "notFound", message: "Not Found" }],
			code: 404,
			message: "Not Found",
		},
	});
	expect((await get("no/such/method")).status).toBe(404);
	const post = { method: "POST", headers: { authorization: `Bearer ${accessToken(sandbox, ADA)}` }, body: "{" };
	const broken = await fetch(`${url}/calendar/v3/calendars/primary/events`, post);
	expect(broken.status).toBe(400);
	expect(await broken.json()).toMatchObject({ error: { errors: [{ reason: "parseError" }] } });
});

test("a token ends with its hour and with the consent", async () => {
	const client = googleClient(sandbox, BOB);
	await client.events.list({ calendarId });
	revokeGrant(world, DEFAULT_CLIENT.clientId, BOB);
	expect(await refusal(client.events.list({ calendarId }))).toBe("401 authError");
	const token = accessToken(sandbox, BOB);
	const known = world.oauth.accessTokens.get(token);
	if (known !== undefined) known.expiresAt = world.clock.now();
	expect((await get("users/me/calendarList", { authorization: `Bearer ${token}` })).status).toBe(401);
});

test("scopes open what they are documented to open", async () => {
	const { data } = await events.insert({ calendarId, requestBody: timed(5) });
	const eventId = data.id ?? "";
	const as = (...scopes: string[]) => googleClient(sandbox, ADA, scopes);
	const denied = "403 insufficientPermissions";
	expect(await refusal(as("calendar.events").calendarList.list())).toBe(denied);
	await as("calendar.events", "calendar.calendarlist.readonly").calendarList.list();
	const reading = as("calendar.events.readonly").events;
	await reading.get({ calendarId, eventId });
	expect(await refusal(reading.insert({ calendarId, requestBody: timed(5) }))).toBe(denied);
	expect(await refusal(reading.delete({ calendarId, eventId }))).toBe(denied);
	expect(await refusal(as("calendar.freebusy").events.list({ calendarId }))).toBe(denied);
	const times = await as("calendar.events.freebusy").events.list({ calendarId });
	expect(times.data.items?.[0]).not.toHaveProperty("summary");
});

test("a partial response holds what `fields` names, and a wrong mask is refused", async () => {
	await events.insert({ calendarId, requestBody: timed(5) });
	const { data } = await events.list({ calendarId, fields: "items(id,start/dateTime),nextSyncToken" });
	expect(Object.keys(data).sort()).toEqual(["items", "nextSyncToken"]);
	expect(Object.keys(data.items?.[0] ?? {})).toEqual(["id", "start"]);
	expect(Object.keys(data.items?.[0]?.start ?? {})).toEqual(["dateTime"]);
	for (const fields of ["items(id", "items(nonsense)", "nothing", "items/id/more", "a b"]) {
		expect(await refusal(events.list({ calendarId, fields }))).toBe("400 invalidParameter");
	}
});

test("answers are compressed for those who ask for it as Google wants it", async () => {
	for (let count = 0; count < 3; count++) await events.insert({ calendarId, requestBody: timed(5) });
	const encoding = async (headers: Record<string, string>) =>
		(await get("calendars/primary/events", headers)).headers.get("content-encoding");
	expect(await encoding({ "accept-encoding": "gzip", "user-agent": "Test (gzip)" })).toBe("gzip");
	expect(await encoding({ "accept-encoding": "gzip", "user-agent": "Test" })).toBeNull();
	expect(await encoding({ "accept-encoding": "identity", "user-agent": "Test (gzip)" })).toBeNull();
});

test("quotas count by person and by project within a minute", async () => {
	world.quotas.limits = { perMinutePerUser: 5, perMinutePerProject: 7, status: 403 };
	const { data } = await events.insert({ calendarId, requestBody: timed(5) });
	const patch = () => events.patch({ calendarId, eventId: data.id ?? "", requestBody: { location: "x" } });
	// A PATCH costs three.
	await patch();
	expect(await refusal(patch())).toBe("403 userRateLimitExceeded");
	await calendarList.list();
	expect(await refusal(calendarList.list())).toBe("403 userRateLimitExceeded");
	const bob = googleClient(sandbox, BOB);
	await bob.calendarList.list();
	await bob.calendarList.list();
	expect(await refusal(bob.calendarList.list())).toBe("403 rateLimitExceeded");
	world.quotas.limits = { ...world.quotas.limits, status: 429 };
	expect(await refusal(calendarList.list())).toBe("429 rateLimitExceeded");
	world.clock.advance(60_001);
	await calendarList.list();
});

test("faults strike as they were told to", async () => {
	world.faults.add({ kind: "status", status: 503, count: 1, retryAfter: 7 });
	const busy = await get("users/me/calendarList");
	expect([busy.status, busy.headers.get("retry-after")]).toEqual([503, "7"]);
	expect(await busy.json()).toMatchObject({ error: { code: 503, errors: [{ reason: "backendError" }] } });
	world.faults.add({ kind: "status", status: 403, reason: "quotaExceeded", method: "POST" });
	expect(await refusal(events.insert({ calendarId, requestBody: timed(5) }))).toBe("403 quotaExceeded");
	await calendarList.list();
	world.faults.clear();

	const insert = (id: string) => events.insert({ calendarId, requestBody: timed(5, { id }) });
	const there = async (id: string) => (await get(`calendars/primary/events/${id}`)).status === 200;
	world.faults.add({ kind: "drop", method: "POST" });
	await expect(insert("dropped01")).rejects.toThrow();
	world.faults.clear();
	expect(await there("dropped01")).toBe(false);
	world.faults.add({ kind: "lose_answer", method: "POST" });
	await expect(insert("unsaid001")).rejects.toThrow();
	expect(world.log.list().at(-1)).toMatchObject({ method: "POST", status: null, faults: ["lose_answer"], email: ADA });
	world.faults.clear();
	expect(await there("unsaid001")).toBe(true);
	world.faults.add({ kind: "truncate", path: "/events" });
	const half = await get("calendars/primary/events");
	await expect(half.json()).rejects.toThrow(SyntaxError);
	world.faults.clear();

	world.faults.add({ kind: "latency", milliseconds: 3_600_000 });
	const late = get("users/me/calendarList");
	await expect.poll(() => world.faults.list()[0]?.struck).toBe(1);
	world.clock.advance(3_600_000);
	expect((await late).status).toBe(200);
});

test("a fault of its own is an answer too", async () => {
	const settings = world.accounts.get(ADA)?.settings;
	settings?.set("broken", {
		toJSON: () => {
			throw new Error("inside");
		},
	} as never);
	const answer = await get("users/me/settings/broken");
	settings?.delete("broken");
	expect(answer.status).toBe(500);
	expect(await answer.json()).toMatchObject({ error: { errors: [{ reason: "backendError" }] } });
});

test("requests are listed without what is secret", async () => {
	world.log.clear();
	await get("calendars/primary/events?access_token=secret&q=x");
	expect(world.log.list()).toMatchObject([
		{ method: "GET", status: 200, email: ADA, units: 1, reason: null, path: expect.stringContaining("q=x") },
	]);
	expect(world.log.list()[0]?.path).not.toContain("secret");
});

test("ten thousand events are read in four pages", async () => {
	const calendar = world.calendars.get(BOB);
	const account = world.accounts.get(BOB);
	if (calendar === undefined || account === undefined) throw new Error("nobody there");
	const { start, end } = timed(5);
	const time = { start: { dateTime: start?.dateTime ?? "" }, end: { dateTime: end?.dateTime ?? "" } };
	addEvents(
		world,
		calendar,
		account,
		Array.from({ length: 10_000 }, (_, index) => ({ ...time, summary: `No ${index}` })),
	);
	const bob = googleClient(sandbox, BOB).events;
	const ids = new Set<string>();
	let pages = 0;
	let pageToken: string | undefined;
	do {
		const page = pageToken === undefined ? {} : { pageToken };
		const { data } = await bob.list({ calendarId, maxResults: 2500, ...page });
		for (const { id } of data.items ?? []) ids.add(id ?? "");
		pageToken = data.nextPageToken ?? undefined;
		pages += 1;
	} while (pageToken !== undefined);
	expect([ids.size, pages]).toEqual([10_000, 4]);
});
