import { expect, test } from "vitest";
import { failureOf, get, testEgress } from "./testing/client.ts";
import { serve } from "./testing/servers.ts";

const CREDENTIALS = {
	authorization: "Basic c2VjcmV0",
	cookie: "session=secret",
	"proxy-authorization": "Basic c2VjcmV0",
	"x-api-key": "secret",
	"X-Custom-Token": "secret",
};
const allowedPrivateHosts = ["127.0.0.0/8"];

test("another origin receives no credential header, however it is reached", async () => {
	await using second = await serve((_, response) => response.end("feed"));
	await using first = await serve((request, response) => {
		const location = request.url === "/here" ? "/there" : `http://second.test:${second.port}/feed`;
		response.writeHead(302, { location }).end("moved");
	});
	await using client = testEgress({ allowedPrivateHosts });
	const answer = await client.http({
		...get(`http://user:secret@first.test:${first.port}/here`, { redirect: "follow" }),
		headers: { ...CREDENTIALS, "If-None-Match": '"1"' },
	});
	expect(await answer.text()).toBe("feed");
	expect(answer.url.href).toBe(`http://second.test:${second.port}/feed`);
	const [received] = second.requests;
	expect(Object.keys(received?.headers ?? {}).toSorted()).toEqual(
		["accept-encoding", "connection", "host", "if-none-match", "user-agent"].toSorted(),
	);
	expect(JSON.stringify(received?.rawHeaders)).not.toMatch(/secret|c2VjcmV0/);
	for (const request of first.requests) expect(request.headers).toMatchObject({ "x-custom-token": "secret" });
	expect(first.requests).toHaveLength(2);
});

test("user info of the URL is sent as credentials and appears in no URL", async () => {
	await using server = await serve((_, response) => response.end());
	await using client = testEgress({ allowedPrivateHosts });
	const url = new URL(`http://an%40na:p%3Aw%zz@own.test:${server.port}/feed?x=1#part`);
	const answer = await client.http(get(url));
	await answer.bytes();
	const authorization = server.requests[0]?.headers.authorization ?? "";
	expect(Buffer.from(authorization.replace("Basic ", ""), "base64").toString()).toBe("an@na:p:w%zz");
	expect(server.requests[0]?.url).toBe("/feed?x=1");
	expect(answer.url.href).toBe(`http://own.test:${server.port}/feed?x=1#part`);
});

test("by default the redirect itself is the answer", async () => {
	await using server = await serve((_, response) => response.writeHead(301, { location: "/new" }).end());
	await using client = testEgress({ allowedPrivateHosts });
	const answer = await client.http(get(`http://own.test:${server.port}/`));
	await answer.discard();
	expect([answer.status, answer.headers.get("location"), answer.permanentlyMoved]).toEqual([301, "/new", false]);
	const write = get(`http://own.test:${server.port}/`, { method: "PROPFIND", redirect: "follow", body: "<x/>" });
	expect((await client.http(write)).status).toBe(301);
	expect(server.requests).toHaveLength(2);
});

test.each([
	[[301, 308], true],
	[[301, 302], false],
	[[307, 301], false],
	[[], false],
])("redirects %j: permanently moved is %s", async (statuses, expected) => {
	await using server = await serve((request, response) => {
		const step = Number(request.url?.slice(1));
		const status = statuses[step];
		if (status === undefined) response.end("end");
		else response.writeHead(status, { location: `/${step + 1}` }).end("body of a redirect");
	});
	await using client = testEgress({ allowedPrivateHosts });
	const answer = await client.http(get(`http://own.test:${server.port}/0`, { redirect: "follow" }));
	expect(await answer.text()).toBe("end");
	expect(answer.permanentlyMoved).toBe(expected);
	expect(server.connections()).toBe(1);
});

test.each([
	[5, null],
	[6, "too_many_redirects"],
])("%i redirects: %s", async (count, code) => {
	await using server = await serve((request, response) => {
		const step = Number(request.url?.slice(1));
		if (step === count) response.end("end");
		else response.writeHead(302, { location: `/${step + 1}` }).end();
	});
	await using client = testEgress({ allowedPrivateHosts });
	const request = get(`http://own.test:${server.port}/0`, { redirect: "follow" });
	if (code === null) expect(await (await client.http(request)).text()).toBe("end");
	else expect((await failureOf(client.http, request)).code).toBe(code);
	expect(server.requests.length).toBe(6);
});
