import { afterEach, describe, expect, test } from "vitest";
import { TransportError } from "../../port/http.ts";
import {
	CONTEXT,
	connectDav,
	failureOf,
	startDav,
	stopDavServers,
	TRUSTING,
} from "../../testing/caldav/connect-client.ts";
import type { Quirks } from "../../testing/caldav/dav-server.ts";
import { nodeTransport } from "../../testing/node-transport.ts";
import { caldavProvider } from "../provider.ts";

afterEach(stopDavServers);

/** A host whose CalDAV is below a path that nothing points to; all else is a web site. */
async function hidden(path: string) {
	const server = await startDav();
	server.wellKnown = path;
	server.quirks.intercept = (request) => {
		const isDav = [path, "/principals/", "/calendars/"].some((each) => request.path.startsWith(each));
		return isDav ? null : { status: 405, headers: { "content-type": "text/html" }, body: "<html></html>" };
	};
	return server;
}

describe("without a well-known address finds", () => {
	test.each([
		["Nextcloud", "/remote.php/dav/", "/"],
		["Nextcloud from its web page", "/cloud/remote.php/dav/", "/cloud/index.php/apps/calendar/"],
		["Nextcloud in a folder", "/cloud/remote.php/dav/", "/cloud/"],
		["Baikal", "/dav.php/", "/admin/"],
		["DAViCal", "/davical/caldav.php/", "/"],
		["SOGo", "/SOGo/dav/", "/"],
	])("%s", async (_, path, typed) => {
		const server = await hidden(path);
		const found = await connectDav(server, { url: new URL(typed, server.url).href });
		expect(found.calendars.map(({ name }) => name)).toEqual(["work"]);
		expect(found.settings).toMatchObject({ found: new URL(path, server.url).href });
	});

	test("a wrong password where a guess is right", async () => {
		const server = await hidden("/dav.php/");
		const failure = await failureOf(connectDav(server, { username: "u", password: "wrong" }));
		expect(failure).toMatchObject({ reason: "wrong_credentials" });
	});

	test("nothing on a slow web site, where it does not guess", async () => {
		const server = await hidden("/dav.php/");
		let now = 0;
		const context = { ...CONTEXT, now: () => (now += 10_000) };
		const connecting = caldavProvider(TRUSTING).connect({ url: server.url.href, ...server.account }, context);
		expect(await failureOf(connecting)).toMatchObject({ reason: "not_caldav" });
		expect(server.requests.map(({ path }) => path)).toEqual(["/.well-known/caldav", "/"]);
	});

	test("nothing on a web site, within few requests", async () => {
		const server = await hidden("/nowhere-usual/");
		const input = { url: new URL("/blog/2026/", server.url).href };
		expect(await failureOf(connectDav(server, input))).toMatchObject({ reason: "not_caldav" });
		expect(server.requests.length).toBeLessThanOrEqual(20);
	});
});

describe("finds the calendars from", () => {
	test.each([
		["the root", "/"],
		["the address without a scheme", null],
		["a path that redirects nowhere", "/index.php/apps/calendar"],
		["the principal", "/principals/user/"],
		["the principal without its slash", "/principals/user"],
		["the home set", "/calendars/user/"],
		["a calendar", "/calendars/user/work/"],
		["the well-known address", "/.well-known/caldav"],
	])("%s", async (_, path) => {
		const server = await startDav();
		const url = path === null ? server.url.host : new URL(path, server.url).href;
		const found = await connectDav(server, { url });
		expect(found.calendars.map(({ id }) => id)).toEqual(["/calendars/user/work/"]);
		expect(found).toMatchObject({ account: "user@example.org", suggestedName: server.url.host });
		expect(found.settings).toMatchObject({ addresses: ["user@example.org"], auth: "basic" });
	});

	test("a server that asks for no login", async () => {
		const server = await startDav({ auth: { scheme: "none" } });
		const found = await caldavProvider(TRUSTING).connect({ url: server.url.href }, CONTEXT);
		expect(found.calendars).toHaveLength(1);
		expect(found).toMatchObject({ credentials: {}, settings: { auth: "none" } });
	});

	test("several home sets, one of them on another port", async () => {
		const [first, second] = [await startDav(), await startDav()];
		second.calendars.clear();
		second.addCalendar("shared", "/shared/");
		second.homeSets = ["/shared/"];
		first.homeSets = ["/calendars/user/", new URL("/shared/", second.url).href];
		const found = await connectDav(first);
		expect(found.calendars.map(({ id }) => id).sort()).toEqual(["/calendars/user/work/", "/shared/shared/"]);
		expect(found.calendars.at(-1)?.settings.url).toBe(new URL("/shared/shared/", second.url).href);
	});

	test.each([301, 302, 303, 307, 308])("a well-known address that answers %i to another port", async (status) => {
		const [first, second] = [await startDav(), await startDav()];
		const location = second.url.href;
		first.quirks.intercept = ({ path }) =>
			path === "/.well-known/caldav" ? { status, headers: { location } } : { status: 404 };
		expect((await connectDav(first)).calendars).toHaveLength(1);
		const [seen] = second.requests;
		expect(seen).toMatchObject({ method: "PROPFIND", headers: { depth: "0" } });
		expect(seen?.body).toContain("current-user-principal");
	});

	test.each(["basic", "digest"] as const)(
		"another port that is redirected to, which has to ask for the %s login",
		async (scheme) => {
			const [first, second] = [await startDav(), await startDav({ auth: { scheme } })];
			first.quirks.intercept = () => ({ status: 307, headers: { location: second.url.href } });
			expect((await connectDav(first)).calendars).toHaveLength(1);
			expect(second.requests[0]?.headers.authorization).toBeUndefined();
		},
	);

	test("another port that answers anybody, and tells more to whom it knows", async () => {
		const [first, second] = [await startDav(), await startDav()];
		first.quirks.intercept = () => ({ status: 301, headers: { location: second.url.href } });
		const body =
			'<multistatus xmlns="DAV:"><response><href>/</href><propstat><prop><current-user-principal><unauthenticated/>' +
			"</current-user-principal></prop><status>HTTP/1.1 200 OK</status></propstat></response></multistatus>";
		second.quirks.intercept = ({ headers }) => (headers.authorization === undefined ? { status: 207, body } : null);
		expect((await connectDav(first)).calendars).toHaveLength(1);
	});

	test("a well-known address that wants a login before it redirects, by Digest", async () => {
		const server = await startDav({ auth: { scheme: "digest", algorithm: "MD5-sess", nextNonce: true } });
		const found = await connectDav(server);
		expect(found.calendars).toHaveLength(1);
		expect(found.settings.auth).toBe("digest");
		expect(server.requests.slice(1).some(({ headers }) => headers.authorization?.startsWith("Basic"))).toBe(false);
	});

	test("a well-known address that answers 404 or 403", async () => {
		for (const status of [404, 403, 405, 500]) {
			const server = await startDav({ intercept: ({ path }) => (path === "/.well-known/caldav" ? { status } : null) });
			expect((await connectDav(server)).calendars).toHaveLength(1);
		}
	});

	test("a home set although principals fail", async () => {
		const server = await startDav({
			intercept: ({ path }) => (path.startsWith("/principals/") ? { status: 500 } : null),
		});
		const found = await connectDav(server, { url: new URL("/calendars/user/", server.url).href });
		expect(found.calendars.map(({ name }) => name)).toEqual(["work"]);
	});

	test("a calendar although everything above it is forbidden", async () => {
		const server = await startDav({
			intercept: ({ path }) => (path === "/calendars/user/work/" ? null : { status: 403 }),
		});
		server.addCalendar("other");
		const found = await connectDav(server, { url: new URL("/calendars/user/work/", server.url).href });
		expect(found.calendars.map(({ name }) => name)).toEqual(["work"]);
		const listed = await caldavProvider(TRUSTING).listCalendars({ ...CONTEXT, ...found });
		expect(listed.calendars).toEqual(found.calendars);
	});

	test("the local part of the user name, after the whole of it was refused", async () => {
		const server = await startDav();
		server.account.username = "user";
		const found = await connectDav(server, { username: "user@example.org" });
		expect(found.credentials.username).toBe("user");
	});

	test("an e-mail address, by SRV", async () => {
		const server = await startDav();
		const dns = {
			resolveSrv: async () => [{ name: "dav.example.org", port: 443, priority: 0, weight: 0 }],
			resolveTxt: async () => [["path=/principals/user/"]],
		};
		const http = nodeTransport({ connectTo: () => server.url });
		const found = await caldavProvider({ ...TRUSTING, dns }).connect(
			{ url: "user@example.org", password: server.account.password },
			{ ...CONTEXT, http },
		);
		expect(found.account).toBe("user@example.org");
		expect(found.calendars[0]?.settings.url).toBe("https://dav.example.org/calendars/user/work/");
	});
});

describe("says what is wrong:", () => {
	test("the password, with advice, and few tries", async () => {
		const server = await startDav();
		const failure = await failureOf(connectDav(server, { password: "wr0ng-secret" }));
		expect(failure).toMatchObject({ kind: "auth_revoked", reason: "wrong_credentials" });
		expect(failure.message).toContain("app password");
		expect(failure.message).not.toContain("wr0ng-secret");
		expect(server.requests.length).toBeLessThanOrEqual(4);
	});

	test("an iCloud password, with the way to an app-specific one", async () => {
		const server = await startDav();
		const icloud = caldavProvider({ preset: "icloud", serverUrl: server.url.href });
		expect(icloud.id).toBe("icloud");
		const wrong = { username: "user@example.org", password: "x", url: "https://ignored.test/" };
		expect((await failureOf(icloud.connect(wrong, CONTEXT))).message).toContain("app-specific password");
		const found = await icloud.connect({ ...wrong, ...server.account }, CONTEXT);
		expect(found.suggestedName).toBe("iCloud");
	});

	test.each([
		["no credentials", {}, { username: "", password: "" }, "credentials_required"],
		[
			"Bearer only",
			{ intercept: () => ({ status: 401, headers: { "www-authenticate": "Bearer" } }) },
			{},
			"unsupported_auth",
		],
		[
			"a web page",
			{ intercept: () => ({ status: 200, headers: { "content-type": "text/html" }, body: "<html/>" }) },
			{},
			"not_caldav",
		],
		[
			"a web page as 207",
			{ intercept: () => ({ status: 207, body: "<!DOCTYPE html><html></html>" }) },
			{},
			"not_caldav",
		],
		["nothing there", { intercept: () => ({ status: 404 }) }, {}, "not_caldav"],
		["no WebDAV", { intercept: () => ({ status: 405 }) }, {}, "not_caldav"],
		["access denied", { intercept: () => ({ status: 403 }) }, {}, "access_denied"],
		["throttled", { intercept: () => ({ status: 429, headers: { "retry-after": "30" } }) }, {}, "rate_limited"],
		["broken server", { intercept: () => ({ status: 500 }) }, {}, "server_error"],
		["broken XML", { intercept: () => ({ status: 207, body: "<a><b></a>" }) }, {}, "malformed_answer"],
		[
			"a connection that drops",
			{ intercept: () => ({ status: 207, body: "<D:mul", drop: true }) },
			{},
			"connection_lost",
		],
		[
			"a redirect to itself",
			{ intercept: ({ path }) => ({ status: 302, headers: { location: path } }) },
			{},
			"too_many_redirects",
		],
		[
			"endless redirects",
			{ intercept: ({ path }) => ({ status: 302, headers: { location: `${path}x/` } }) },
			{},
			"too_many_redirects",
		],
	] as const satisfies readonly (readonly [string, Quirks, object, string])[])(
		"%s",
		async (_, quirks, input, reason) => {
			const failure = await failureOf(connectDav(await startDav(quirks), input));
			expect(failure).toMatchObject({ reason });
		},
	);

	test("a WebDAV folder without calendars, and an account without a home", async () => {
		const server = await startDav();
		const folder = (type: string) => (path: string) =>
			`<m:multistatus xmlns:m="DAV:"><m:response><m:href>${path}</m:href><m:propstat><m:prop>${type}<m:resourcetype><m:collection/></m:resourcetype></m:prop></m:propstat></m:response></m:multistatus>`;
		server.quirks.intercept = ({ path }) => ({ status: 207, body: folder("")(path) });
		expect(await failureOf(connectDav(server))).toMatchObject({ reason: "not_caldav" });
		const principal = "<m:current-user-principal><m:href>/me/</m:href></m:current-user-principal>";
		server.quirks.intercept = ({ path }) => ({ status: 207, body: folder(principal)(path) });
		expect(await failureOf(connectDav(server))).toMatchObject({ reason: "no_calendar_home" });
	});

	test.each([
		["address_blocked", "invalid"],
		["plain_http_refused", "invalid"],
		["address_not_found", "unavailable"],
		["connection_refused", "unavailable"],
		["tls_failure", "unavailable"],
		["timeout", "unavailable"],
	] as const)("%s after one try", async (code, kind) => {
		let tries = 0;
		const http = async () => {
			tries++;
			throw new TransportError(code, "by the test");
		};
		const input = { url: "https://dav.example.org/", username: "u", password: "p" };
		expect(await failureOf(caldavProvider().connect(input, { ...CONTEXT, http }))).toMatchObject({ kind });
		expect(tries).toBe(1);
	});

	test("TLS that is none: plain http is tried only without a scheme, where the operator allows it", async () => {
		const server = await startDav();
		expect(await failureOf(connectDav(server, { url: `https://${server.url.host}/` }))).toMatchObject({
			kind: "unavailable",
		});
		const refused = await failureOf(connectDav(server, { url: server.url.host }, {}));
		expect(refused.kind).toBe("unavailable");
		expect(await failureOf(connectDav(server, {}, {}))).toMatchObject({ reason: "address_blocked" });
		expect(server.requests).toEqual([]);
	});
});

test("whoever connects is not kept waiting for longer than a proxy would wait", async () => {
	const server = await startDav();
	const patience: (number | undefined)[] = [];
	const http: typeof CONTEXT.http = (request) => {
		patience.push(request.timeoutMs);
		return CONTEXT.http(request);
	};
	await caldavProvider(TRUSTING).connect({ url: server.url.href, ...server.account }, { ...CONTEXT, http });
	for (const milliseconds of patience) expect(milliseconds).toBeLessThan(60_000);
});
