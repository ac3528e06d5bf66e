import { describe, expect, test } from "vitest";
import { TransportError, type TransportErrorCode } from "../port/http.ts";
import { answer, multistatus } from "../testing/caldav/answers.ts";
import { judgeMultistatus, judgeOneResource } from "./exchange.ts";
import { failureOfAnswer, failureOfError } from "./failure.ts";

const now = Date.parse("2026-01-01T00:00:00Z");
const exchange = { method: "PROPFIND", url: new URL("https://dav.example.org/cal/?token=secret") };

test.each([
	[401, "", "auth_revoked", "wrong_credentials"],
	[403, "", "forbidden", "access_denied"],
	[404, "", "not_found", "resource_gone"],
	[405, "", "invalid", "not_caldav"],
	[410, "", "gone", "resource_gone"],
	[412, "", "precondition_failed", "refused"],
	[418, "", "invalid", "refused"],
	[429, "", "rate_limited", "rate_limited"],
	[500, "", "unavailable", "server_error"],
	[503, "", "unavailable", "server_error"],
	[599, "", "unavailable", "server_error"],
	[302, "", "invalid", "not_caldav"],
	[200, "<html></html>", "invalid", "not_caldav"],
	[204, "", "invalid", "not_caldav"],
] as const)("%i %j is %s, %s", async (status, body, kind, reason) => {
	const failure = await failureOfAnswer(
		answer(status, body, body === "" ? {} : { "content-type": "text/html" }),
		exchange,
		now,
	);
	expect(failure).toMatchObject({ kind, reason, status: status === 200 ? undefined : status });
	expect(failure.message).not.toContain("secret");
});

test("Retry-After is kept", async () => {
	for (const [status, kind] of [
		[429, "rate_limited"],
		[503, "unavailable"],
	] as const) {
		const failure = await failureOfAnswer(answer(status, "", { "retry-after": "7" }), exchange, now);
		expect(failure).toMatchObject({ kind, retryAfter: 7 });
	}
});

test("the precondition of an error body is kept", async () => {
	const body = '<D:error xmlns:D="DAV:"><D:valid-sync-token/></D:error>';
	expect(await failureOfAnswer(answer(409, body), exchange, now)).toMatchObject({ precondition: "valid-sync-token" });
});

test("every error of the transport has a kind and a reason, and other errors pass", () => {
	const reasons: Readonly<Record<TransportErrorCode, string>> = {
		address_blocked: "address_blocked",
		plain_http_refused: "address_blocked",
		redirect_blocked: "address_blocked",
		address_not_found: "address_not_found",
		connection_refused: "connection_refused",
		connection_lost: "connection_lost",
		tls_failure: "tls_failure",
		timeout: "timeout",
		too_large: "too_large",
		too_many_redirects: "too_many_redirects",
		aborted: "connection_lost",
		malformed_answer: "malformed_answer",
	};
	for (const [code, reason] of Object.entries(reasons)) {
		expect(failureOfError(new TransportError(code as TransportErrorCode, "x"), exchange)).toMatchObject({ reason });
	}
	const other = new RangeError();
	expect(failureOfError(other, exchange)).toBe(other);
});

describe("failures wrapped in 207", () => {
	const wrapped = (status: number) =>
		answer(
			207,
			multistatus(`<D:response><D:href>/cal/</D:href><D:status>HTTP/1.1 ${status} X</D:status></D:response>`),
		);
	test.each([
		[401, "auth_revoked"],
		[403, "forbidden"],
		[404, "not_found"],
		[503, "unavailable"],
	])("%i is %s", async (status, kind) => {
		await expect(judgeOneResource(wrapped(status), exchange, now)).rejects.toMatchObject({ kind });
	});

	test("an answer without any response is nothing there", async () => {
		await expect(judgeOneResource(answer(207, multistatus("")), exchange, now)).rejects.toMatchObject({
			kind: "not_found",
		});
	});

	test("of several responses that of the address asked is taken", async () => {
		const one = (href: string, name: string) =>
			`<D:response><D:href>${href}</D:href><D:propstat><D:prop><D:displayname>${name}</D:displayname></D:prop></D:propstat></D:response>`;
		const body = multistatus(one("/cal/x.ics", "no") + one("/cal/", "yes"));
		const { response } = await judgeOneResource(answer(207, body), exchange, now);
		expect(response.props.get("{DAV:}displayname")?.text).toBe("yes");
	});

	test("where the depth is ignored no more is read than is needed to find the own response", async () => {
		let read = 0;
		async function* endless() {
			const one = (href: string) =>
				`<D:response><D:href>${href}</D:href><D:status>HTTP/1.1 200 OK</D:status></D:response>`;
			yield Buffer.from(`<D:multistatus xmlns:D="DAV:">${one("/cal/")}`);
			while (++read < 1_000) yield Buffer.from(one(`/cal/${read}.ics`).repeat(100));
		}
		const { response } = await judgeOneResource({ ...answer(207, ""), body: endless() }, exchange, now);
		expect(response.hrefs).toEqual(["/cal/"]);
		expect(read).toBeLessThan(100);
	});

	test("one resource does not take megabytes to describe", async () => {
		const body = `<D:multistatus xmlns:D="DAV:"><!--${"x".repeat(9_000_000)}--></D:multistatus>`;
		await expect(judgeOneResource(answer(207, body), exchange, now)).rejects.toMatchObject({ reason: "too_large" });
	});

	test("a 207 in any media type is read", async () => {
		const read = judgeMultistatus(answer(207, multistatus(""), { "content-type": "text/html" }), exchange, now);
		expect(await Array.fromAsync(read)).toEqual([]);
	});
});
