import { expect, test } from "vitest";
import { readClientFile } from "./client-file.ts";

const URI = "https://calendar.example.com/connect/google/callback";
const WEB = { client_id: "id.apps.googleusercontent.com", client_secret: "secret", redirect_uris: [URI] };
const read = (content: unknown) => readClientFile(JSON.stringify(content), URI);

test("a web client is read, and whether it has the redirect URI, byte for byte", () => {
	expect(read({ web: WEB })).toEqual({
		type: "client",
		id: WEB.client_id,
		secret: "secret",
		redirectUris: [URI],
		lacksRedirectUri: false,
	});
	expect(read({ web: { ...WEB, redirect_uris: [`${URI}/`] } })).toMatchObject({ lacksRedirectUri: true });
	expect(read({ web: { ...WEB, redirect_uris: undefined } })).toMatchObject({ lacksRedirectUri: true });
});

test.each([
	[{ installed: WEB }, "desktop"],
	[{ web: { client_id: "id" } }, "incomplete"],
	[{ type: "service_account" }, "incomplete"],
	[null, "incomplete"],
])("%j is refused as %s", (content, reason) => {
	expect(read(content)).toEqual({ type: "refused", reason });
});

test("what is no JSON is refused", () => {
	expect(readClientFile("<html>", URI)).toEqual({ type: "refused", reason: "not_json" });
});
