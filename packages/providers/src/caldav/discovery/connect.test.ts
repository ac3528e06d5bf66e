import { afterEach, describe, expect, test } from "vitest";
import { ProviderFailure } from "../../port/failure.ts";
import { TransportError } from "../../port/http.ts";
import type { ConnectInput } from "../../port/provider.ts";
import { DavServer, type Quirks } from "../../testing/caldav/dav-server.ts";
import { nodeTransport } from "../../testing/node-transport.ts";
import type { CaldavOptions } from "../options.ts";
import { caldavProvider } from "../provider.ts";

const servers: DavServer[] = [];
afterEach(async () => {
	await Promise.all(servers.splice(0).map((server) => server.stop()));
});

async function start(quirks: Quirks = {}): Promise<DavServer> {
	const server = await DavServer.start(quirks);
	servers.push(server);
	server.addCalendar("work");
	return server;
}

const context = { http: nodeTransport(), now: Date.now, random: Math.random };
const trusting: CaldavOptions = { trustedHost: () => true };

function connect(server: DavServer, input: Partial<ConnectInput> = {}, options: CaldavOptions = trusting) {
	return caldavProvider(options).connect({ url: server.url.href, ...server.account, ...input }, context);
}

const failureOf = (promise: Promise<unknown>) =>
	promise.then(
		() => expect.unreachable("it connected"),
		(error: unknown) => {
			expect(error).toBeInstanceOf(ProviderFailure);
			return error as ProviderFailure;
		},
	);

/** A host whose CalDAV is below a path that nothing points to; all else is a web site. */
async function hidden(path: string) {
	const server = await start();
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
		const found = await connect(server, { url: new URL(typed, server.url).href });
		expect(found.calendars.map(({ name }) => name)).toEqual(["work"]);
		expect(found.settings).toMatchObject({ found: new URL(path, server.url).href });
	});

	test("a wrong password where a guess is right", async () => {
		const server = await hidden("/dav.php/");
		const failure = await failureOf(connect(server, { username: "u", password: "wrong" }));
		expect(failure).toMatchObject({ reason: "wrong_credentials" });
	});

	test("nothing on a web site, within few requests", async () => {
		const server = await hidden("/nowhere-usual/");
		const input = { url: new URL("/blog/2026/", server.url).href };
		expect(await failureOf(connect(server, input))).toMatchObject({ reason: "not_caldav" });
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
		const server = await start();
		const url = path === null ? server.url.host : new URL(path, server.url).href;
		const found = await connect(server, { url });
		expect(found.calendars.map(({ id }) => id)).toEqual(["/calendars/user/work/"]);
		expect(found).toMatchObject({ account: "user@example.org", suggestedName: server.url.host });
		expect(found.settings).toMatchObject({ addresses: ["user@example.org"], auth: "basic" });
	});

	test("a server that asks for no login", async () => {
		const server = await start({ auth: { scheme: "none" } });
		const found = await caldavProvider(trusting).connect({ url: server.url.href }, context);
		expect(found.calendars).toHaveLength(1);
		expect(found).toMatchObject({ credentials: {}, settings: { auth: "none" } });
	});

	test("several home sets, one of them on another port", async () => {
		const [first, second] = [await start(), await start()];
		second.calendars.clear();
		second.addCalendar("shared", "/shared/");
		second.homeSets = ["/shared/"];
		first.homeSets = ["/calendars/user/", new URL("/shared/", second.url).href];
		const found = await connect(first);
		expect(found.calendars.map(({ id }) => id).sort()).toEqual(["/calendars/user/work/", "/shared/shared/"]);
		expect(found.calendars.at(-1)?.settings.url).toBe(new URL("/shared/shared/", second.url).href);
	});

	test.each([301, 302, 303, 307, 308])("a well-known address that answers %i to another port", async (status) => {
		const [first, second] = [await start(), await start()];
		const location = second.url.href;
		first.quirks.intercept = ({ path }) =>
			path === "/.well-known/caldav" ? { status, headers: { location } } : { status: 404 };
		expect((await connect(first)).calendars).toHaveLength(1);
		const [seen] = second.requests;
		expect(seen).toMatchObject({ method: "PROPFIND", headers: { depth: "0" } });
		expect(seen?.body).toContain("current-user-principal");
	});

	test("a well-known address that wants a login before it redirects, by Digest", async () => {
		const server = await start({ auth: { scheme: "digest", algorithm: "MD5-sess", nextNonce: true } });
		const found = await connect(server);
		expect(found.calendars).toHaveLength(1);
		expect(found.settings.auth).toBe("digest");
		expect(server.requests.slice(1).some(({ headers }) => headers.authorization?.startsWith("Basic"))).toBe(false);
	});

	test("a well-known address that answers 404 or 403", async () => {
		for (const status of [404, 403, 405, 500]) {
			const server = await start({ intercept: ({ path }) => (path === "/.well-known/caldav" ? { status } : null) });
			expect((await connect(server)).calendars).toHaveLength(1);
		}
	});

	test("a home set although principals fail", async () => {
		const server = await start({ intercept: ({ path }) => (path.startsWith("/principals/") ? { status: 500 } : null) });
		const found = await connect(server, { url: new URL("/calendars/user/", server.url).href });
		expect(found.calendars.map(({ name }) => name)).toEqual(["work"]);
	});

	test("a calendar although everything above it is forbidden", async () => {
		const server = await start({
			intercept: ({ path }) => (path === "/calendars/user/work/" ? null : { status: 403 }),
		});
		server.addCalendar("other");
		const found = await connect(server, { url: new URL("/calendars/user/work/", server.url).href });
		expect(found.calendars.map(({ name }) => name)).toEqual(["work"]);
		const listed = await caldavProvider(trusting).listCalendars({ ...context, ...found });
		expect(listed.calendars).toEqual(found.calendars);
	});

	test("the local part of the user name, after the whole of it was refused", async () => {
		const server = await start();
		server.account.username = "user";
		const found = await connect(server, { username: "user@example.org" });
		expect(found.credentials.username).toBe("user");
	});

	test("an e-mail address, by SRV", async () => {
		const server = await start();
		const dns = {
			resolveSrv: async () => [{ name: "dav.example.org", port: 443, priority: 0, weight: 0 }],
			resolveTxt: async () => [["path=/principals/user/"]],
		};
		const http = nodeTransport({ connectTo: () => server.url });
		const found = await caldavProvider({ ...trusting, dns }).connect(
			{ url: "user@example.org", password: server.account.password },
			{ ...context, http },
		);
		expect(found.account).toBe("user@example.org");
		expect(found.calendars[0]?.settings.url).toBe("https://dav.example.org/calendars/user/work/");
	});
});

describe("says what is wrong:", () => {
	test("the password, with advice, and few tries", async () => {
		const server = await start();
		const failure = await failureOf(connect(server, { password: "wr0ng-secret" }));
		expect(failure).toMatchObject({ kind: "auth_revoked", reason: "wrong_credentials" });
		expect(failure.message).toContain("app password");
		expect(failure.message).not.toContain("wr0ng-secret");
		expect(server.requests.length).toBeLessThanOrEqual(4);
	});

	test("an iCloud password, with the way to an app-specific one", async () => {
		const server = await start();
		const icloud = caldavProvider({ preset: "icloud", serverUrl: server.url.href });
		expect(icloud.id).toBe("icloud");
		const wrong = { username: "user@example.org", password: "x", url: "https://ignored.test/" };
		expect((await failureOf(icloud.connect(wrong, context))).message).toContain("app-specific password");
		const found = await icloud.connect({ ...wrong, ...server.account }, context);
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
			const failure = await failureOf(connect(await start(quirks), input));
			expect(failure).toMatchObject({ reason });
		},
	);

	test("a WebDAV folder without calendars, and an account without a home", async () => {
		const server = await start();
		const folder = (type: string) => (path: string) =>
			`<m:multistatus xmlns:m="DAV:"><m:response><m:href>${path}</m:href><m:propstat><m:prop>${type}<m:resourcetype><m:collection/></m:resourcetype></m:prop></m:propstat></m:response></m:multistatus>`;
		server.quirks.intercept = ({ path }) => ({ status: 207, body: folder("")(path) });
		expect(await failureOf(connect(server))).toMatchObject({ reason: "not_caldav" });
		const principal = "<m:current-user-principal><m:href>/me/</m:href></m:current-user-principal>";
		server.quirks.intercept = ({ path }) => ({ status: 207, body: folder(principal)(path) });
		expect(await failureOf(connect(server))).toMatchObject({ reason: "no_calendar_home" });
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
		expect(await failureOf(caldavProvider().connect(input, { ...context, http }))).toMatchObject({ kind });
		expect(tries).toBe(1);
	});

	test("TLS that is none: plain http is tried only without a scheme, where the operator allows it", async () => {
		const server = await start();
		expect(await failureOf(connect(server, { url: `https://${server.url.host}/` }))).toMatchObject({
			kind: "unavailable",
		});
		const refused = await failureOf(connect(server, { url: server.url.host }, {}));
		expect(refused.kind).toBe("unavailable");
		expect(await failureOf(connect(server, {}, {}))).toMatchObject({ reason: "address_blocked" });
		expect(server.requests).toEqual([]);
	});
});

describe("the password stays with the site that the person named (T11)", () => {
	test.each([
		["a redirect", (to: string): Quirks => ({ intercept: () => ({ status: 307, headers: { location: to } }) })],
		["a principal elsewhere", (): Quirks => ({})],
		["a home set elsewhere", (): Quirks => ({})],
	])("%s", async (kind, quirks) => {
		const thief = await start({ auth: { scheme: "none" } });
		const elsewhere = `http://localhost:${thief.url.port}/`;
		const server = await start(quirks(elsewhere));
		if (kind.startsWith("a principal")) server.principal = `${elsewhere}principals/user/`;
		if (kind.startsWith("a home")) server.homeSets = [`${elsewhere}calendars/user/`];
		const failure = await failureOf(connect(server));
		expect(failure.reason).toBe("unsafe_redirect");
		expect(failure.message).toContain(`localhost:${thief.url.port}`);
		expect(thief.requests).toEqual([]);
	});
});

describe("listing again", () => {
	test("finds the homes where the account has moved to", async () => {
		const server = await start();
		const found = await connect(server);
		server.calendars.clear();
		server.addCalendar("work", "/new/");
		server.homeSets = ["/new/"];
		const listed = await caldavProvider(trusting).listCalendars({ ...context, ...found });
		expect(listed.calendars.map(({ id }) => id)).toEqual(["/new/work/"]);
		expect(listed.settings).toMatchObject({ homeSets: [new URL("/new/", server.url).href] });
		expect(listed.moved).toBe(true);
	});

	test.each([403, 404, 410, 500, 503])(
		"a home that answers %i costs the others nothing and comes back",
		async (status) => {
			const server = await start();
			server.addCalendar("other", "/second/");
			server.homeSets = ["/calendars/user/", "/second/"];
			const provider = caldavProvider(trusting);
			const found = await connect(server);
			expect(found.calendars).toHaveLength(2);
			server.quirks.intercept = ({ path }) => (path.startsWith("/second/") ? { status } : null);
			const listed = await provider.listCalendars({ ...context, ...found });
			expect(listed.calendars.map(({ id }) => id)).toEqual(["/calendars/user/work/"]);
			expect(listed.failures?.[0]).toMatchObject({ idPrefix: "/second/", failure: { status } });
			expect(listed.moved).toBeUndefined();
			server.quirks.intercept = () => null;
			const settings = listed.settings ?? found.settings;
			const back = await provider.listCalendars({ ...context, ...found, settings });
			expect(back.calendars.map(({ id }) => id)).toEqual(["/calendars/user/work/", "/second/other/"]);
			expect(back.failures).toBeUndefined();
		},
	);

	test("a home that the account no longer has is left", async () => {
		const server = await start();
		server.addCalendar("other", "/second/");
		server.homeSets = ["/calendars/user/", "/second/"];
		const found = await connect(server);
		server.quirks.intercept = ({ path }) => (path.startsWith("/second/") ? { status: 404 } : null);
		server.homeSets = ["/calendars/user/"];
		const listed = await caldavProvider(trusting).listCalendars({ ...context, ...found });
		expect(listed).toMatchObject({
			moved: true,
			settings: { homeSets: [new URL("/calendars/user/", server.url).href] },
		});
		expect(listed.failures).toBeUndefined();
	});

	test("where no home answers the listing fails, so that nothing looks deleted", async () => {
		const server = await start();
		server.addCalendar("other", "/second/");
		server.homeSets = ["/calendars/user/", "/second/"];
		const found = await connect(server);
		for (const status of [503, 500]) {
			server.quirks.intercept = () => ({ status });
			const listing = caldavProvider(trusting).listCalendars({ ...context, ...found });
			expect(await failureOf(listing)).toMatchObject({ kind: "unavailable" });
		}
	});

	test("one request a home, under one name", async () => {
		const server = await start();
		const found = await connect(server);
		server.takeRequests();
		await caldavProvider(trusting).listCalendars({ ...context, ...found });
		expect(server.requests).toHaveLength(1);
		expect(server.requests[0]?.headers["user-agent"]).toBe("Kalends");
	});

	test("cookies are kept for the server that set them", async () => {
		const server = await start();
		server.quirks.intercept = ({ path }) =>
			path === "/" ? { status: 404, headers: { "set-cookie": "session=1; Path=/; HttpOnly" } } : null;
		await connect(server, { url: new URL("/principals/user/", server.url).href });
		expect(server.requests.every(({ headers }) => headers.cookie === undefined)).toBe(true);
		server.requests.length = 0;
		server.quirks.intercept = ({ path }) =>
			path === "/.well-known/caldav"
				? { status: 302, headers: { location: "/principals/user/", "set-cookie": "session=1; Path=/; HttpOnly" } }
				: null;
		await connect(server);
		expect(server.requests.slice(1).map(({ headers }) => headers.cookie)).toEqual(["session=1", "session=1"]);
	});

	test("settings that cannot be read are a failure that says so", async () => {
		const listing = caldavProvider().listCalendars({ ...context, credentials: {}, settings: { x: 1 } });
		expect(await failureOf(listing)).toMatchObject({ kind: "invalid" });
	});
});
