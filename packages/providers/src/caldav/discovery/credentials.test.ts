import { afterEach, describe, expect, test } from "vitest";
import {
	CONTEXT,
	connectDav,
	failureOf,
	startDav,
	stopDavServers,
	TRUSTING,
} from "../../testing/caldav/connect-client.ts";
import type { Quirks } from "../../testing/caldav/dav-server.ts";
import { caldavProvider } from "../provider.ts";

afterEach(stopDavServers);

describe("the password stays with the site that the person named (T11)", () => {
	test.each([
		["a redirect", (to: string): Quirks => ({ intercept: () => ({ status: 307, headers: { location: to } }) })],
		["a principal elsewhere", (): Quirks => ({})],
		["a home set elsewhere", (): Quirks => ({})],
	])("%s", async (kind, quirks) => {
		const thief = await startDav({ auth: { scheme: "none" } });
		const elsewhere = `http://localhost:${thief.url.port}/`;
		const server = await startDav(quirks(elsewhere));
		if (kind.startsWith("a principal")) server.principal = `${elsewhere}principals/user/`;
		if (kind.startsWith("a home")) server.homeSets = [`${elsewhere}calendars/user/`];
		const failure = await failureOf(connectDav(server));
		expect(failure.reason).toBe("unsafe_redirect");
		expect(failure.message).toContain(`localhost:${thief.url.port}`);
		expect(thief.requests).toEqual([]);
	});

	test.each([302, 307])("another port of its host, redirected to by %i, has to ask for it", async (status) => {
		for (const intercept of [() => ({ status: 404 }), () => ({ status: 207 }), () => null]) {
			const thief = await startDav({ auth: { scheme: "none" }, intercept });
			const server = await startDav();
			const found = await connectDav(server);
			server.quirks.intercept = () => ({ status, headers: { location: thief.url.href } });
			const again = caldavProvider(TRUSTING).listCalendars({ ...CONTEXT, ...found });
			await Promise.allSettled([again, connectDav(server)]);
			expect(thief.requests.length).toBeGreaterThan(0);
			for (const { headers } of thief.requests) expect(headers.authorization).toBeUndefined();
		}
	});
});
