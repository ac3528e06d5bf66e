import { afterEach, describe, expect, test } from "vitest";
import { CONTEXT, connectDav, startDav, stopDavServers, TRUSTING } from "../testing/caldav/connect-client.ts";
import { caldavProvider } from "./provider.ts";
import { autoScheduleIn } from "./scheduling.ts";

afterEach(stopDavServers);

test.each([
	["1, 3, calendar-access, calendar-auto-schedule", true],
	["1,CALENDAR-ACCESS,Calendar-Auto-Schedule", true],
	["1, calendar-access, calendar-schedule", false],
	["1, calendar-access, calendar-auto-scheduling", false],
	["1, 2", null],
	["", null],
])("the DAV header %j", (dav, expected) => {
	expect(autoScheduleIn(new Headers({ dav }))).toBe(expected);
});

describe("whether the server invites", () => {
	const provider = caldavProvider(TRUSTING);

	test.each([true, false])(
		"is learned while connecting (%s), and costs an idle listing nothing",
		async (autoSchedule) => {
			const server = await startDav({ autoSchedule });
			const found = await connectDav(server);
			expect(found.calendars.map(({ sendsInvitations }) => sendsInvitations)).toEqual([autoSchedule]);
			server.takeRequests();
			const listing = await provider.listCalendars({ ...CONTEXT, ...found });
			expect(listing.calendars.map(({ sendsInvitations }) => sendsInvitations)).toEqual([autoSchedule]);
			expect(listing.settings).toBeUndefined();
			expect(server.takeRequests()).toEqual(["PROPFIND propfind"]);
		},
	);

	test("is learned once for connections that were made before it was asked", async () => {
		const server = await startDav({ autoSchedule: true });
		const found = await connectDav(server);
		const { scheduling: _, ...settings } = found.settings;
		server.takeRequests();
		const listing = await provider.listCalendars({ ...CONTEXT, ...found, settings });
		expect(listing.calendars[0]?.sendsInvitations).toBe(true);
		expect(server.takeRequests()).toEqual(["PROPFIND propfind", "OPTIONS /calendars/user/", "PROPFIND propfind"]);
		await provider.listCalendars({ ...CONTEXT, ...found, settings: listing.settings ?? {} });
		expect(server.takeRequests()).toEqual(["PROPFIND propfind"]);
	});

	test("follows the header of listings where they have one", async () => {
		const server = await startDav({ autoSchedule: true });
		const found = await connectDav(server);
		const header = { dav: "1, calendar-access" };
		const plain = await provider.listCalendars({
			...CONTEXT,
			...found,
			http: async (request) => {
				const response = await CONTEXT.http(request);
				return {
					...response,
					body: response.body,
					headers: new Headers([...response.headers, ...Object.entries(header)]),
				};
			},
		});
		expect(plain.calendars[0]?.sendsInvitations).toBe(false);
		expect(plain.settings).toMatchObject({ scheduling: { autoSchedule: false } });
	});

	test.each([404, 405, 401])("is no where OPTIONS answers %i, and connecting goes on", async (status) => {
		const server = await startDav({ intercept: ({ method }) => (method === "OPTIONS" ? { status } : null) });
		const found = await connectDav(server);
		expect(found.calendars[0]?.sendsInvitations).toBe(false);
		expect(found.settings).toMatchObject({ scheduling: { autoSchedule: false } });
	});

	test("is asked again where the server could not say", async () => {
		const server = await startDav({
			autoSchedule: true,
			intercept: ({ method }) => (method === "OPTIONS" ? { status: 503 } : null),
		});
		const found = await connectDav(server);
		expect(found.calendars[0]?.sendsInvitations).toBe(false);
		server.quirks.intercept = () => null;
		const listing = await provider.listCalendars({ ...CONTEXT, ...found });
		expect(listing.calendars[0]?.sendsInvitations).toBe(true);
	});
});
