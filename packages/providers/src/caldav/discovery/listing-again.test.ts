import { afterEach, describe, expect, test } from "vitest";
import {
	CONTEXT,
	connectDav,
	failureOf,
	startDav,
	stopDavServers,
	TRUSTING,
} from "../../testing/caldav/connect-client.ts";
import { caldavProvider } from "../provider.ts";

afterEach(stopDavServers);

describe("listing again", () => {
	test("finds the homes where the account has moved to", async () => {
		const server = await startDav();
		const found = await connectDav(server);
		server.calendars.clear();
		server.addCalendar("work", "/new/");
		server.homeSets = ["/new/"];
		const listed = await caldavProvider(TRUSTING).listCalendars({ ...CONTEXT, ...found });
		expect(listed.calendars.map(({ id }) => id)).toEqual(["/new/work/"]);
		expect(listed.settings).toMatchObject({ homeSets: [new URL("/new/", server.url).href] });
		expect(listed.moved).toBe(true);
	});

	test.each([403, 404, 410, 500, 503])(
		"a home that answers %i costs the others nothing and comes back",
		async (status) => {
			const server = await startDav();
			server.addCalendar("other", "/second/");
			server.homeSets = ["/calendars/user/", "/second/"];
			const provider = caldavProvider(TRUSTING);
			const found = await connectDav(server);
			expect(found.calendars).toHaveLength(2);
			server.quirks.intercept = ({ path }) => (path.startsWith("/second/") ? { status } : null);
			const listed = await provider.listCalendars({ ...CONTEXT, ...found });
			expect(listed.calendars.map(({ id }) => id)).toEqual(["/calendars/user/work/"]);
			expect(listed.failures?.[0]).toMatchObject({ idPrefix: "/second/", failure: { status } });
			expect(listed.moved).toBeUndefined();
			server.quirks.intercept = () => null;
			const settings = listed.settings ?? found.settings;
			const back = await provider.listCalendars({ ...CONTEXT, ...found, settings });
			expect(back.calendars.map(({ id }) => id)).toEqual(["/calendars/user/work/", "/second/other/"]);
			expect(back.failures).toBeUndefined();
		},
	);

	test("a home that the account no longer has is left", async () => {
		const server = await startDav();
		server.addCalendar("other", "/second/");
		server.homeSets = ["/calendars/user/", "/second/"];
		const found = await connectDav(server);
		server.quirks.intercept = ({ path }) => (path.startsWith("/second/") ? { status: 404 } : null);
		server.homeSets = ["/calendars/user/"];
		const listed = await caldavProvider(TRUSTING).listCalendars({ ...CONTEXT, ...found });
		expect(listed).toMatchObject({
			moved: true,
			settings: { homeSets: [new URL("/calendars/user/", server.url).href] },
		});
		expect(listed.failures).toBeUndefined();
	});

	test("where no home answers the listing fails, so that nothing looks deleted", async () => {
		const server = await startDav();
		server.addCalendar("other", "/second/");
		server.homeSets = ["/calendars/user/", "/second/"];
		const found = await connectDav(server);
		for (const status of [503, 500]) {
			server.quirks.intercept = () => ({ status });
			const listing = caldavProvider(TRUSTING).listCalendars({ ...CONTEXT, ...found });
			expect(await failureOf(listing)).toMatchObject({ kind: "unavailable" });
		}
	});

	test("one request a home, under one name", async () => {
		const server = await startDav();
		const found = await connectDav(server);
		server.takeRequests();
		await caldavProvider(TRUSTING).listCalendars({ ...CONTEXT, ...found });
		expect(server.requests).toHaveLength(1);
		expect(server.requests[0]?.headers["user-agent"]).toBe("Kalends");
	});

	test("cookies are kept for the server that set them", async () => {
		const server = await startDav();
		server.quirks.intercept = ({ path }) =>
			path === "/" ? { status: 404, headers: { "set-cookie": "session=1; Path=/; HttpOnly" } } : null;
		await connectDav(server, { url: new URL("/principals/user/", server.url).href });
		expect(server.requests.every(({ headers }) => headers.cookie === undefined)).toBe(true);
		server.requests.length = 0;
		server.quirks.intercept = ({ path }) =>
			path === "/.well-known/caldav"
				? { status: 302, headers: { location: "/principals/user/", "set-cookie": "session=1; Path=/; HttpOnly" } }
				: null;
		await connectDav(server);
		expect(server.requests.slice(1).map(({ headers }) => headers.cookie)).toEqual([
			"session=1",
			"session=1",
			"session=1",
		]);
	});

	test("settings that cannot be read are a failure that says so", async () => {
		const listing = caldavProvider().listCalendars({ ...CONTEXT, credentials: {}, settings: { x: 1 } });
		expect(await failureOf(listing)).toMatchObject({ kind: "invalid" });
	});
});
