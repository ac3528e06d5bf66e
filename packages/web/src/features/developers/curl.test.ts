import { expect, it } from "vitest";
import { curlOf, laidOut } from "./curl.ts";

it("is a command whose quoting a shell undoes, whatever is in it", () => {
	const body = '{"title":"It\'s $(id)"}';
	const headers = { "content-type": "application/json", "webhook-id": "msg_1", "content-length": "7" };
	const lines = curlOf("https://example.org/hook?a='b'", { request: { headers, body } }).split(" \\\n  ");
	expect(lines).toEqual([
		"curl 'https://example.org/hook?a='\\''b'\\'''",
		"-H 'content-type: application/json'",
		"-H 'webhook-id: msg_1'",
		"--data-raw '{\"title\":\"It'\\''s $(id)\"}'",
	]);
});

it("lays out JSON, and leaves what is none", () => {
	expect(laidOut('{"a":1}')).toBe('{\n  "a": 1\n}');
	expect(laidOut("<html>")).toBe("<html>");
});
