import { afterEach, expect, test } from "vitest";
import { createTestPerson } from "../testing/people.ts";
import { createTestServices, type TestServices } from "../testing/services.ts";
import { buildApp } from "./app.ts";

let made: TestServices;
afterEach(() => made.close());

async function offer(env: Record<string, string>, options: { readonly someone: boolean }) {
	made = await createTestServices({}, { env });
	if (options.someone) await createTestPerson(made.services);
	const app = await buildApp(made.services, []);
	const answer = await app.inject("/");
	await app.close();
	expect(answer.headers["content-type"]).toMatch(/^text\/html/);
	return /<body data-accounts="([^"]+)">/.exec(answer.body)?.[1];
}

test("a worker has no pages", async () => {
	made = await createTestServices({}, { env: { KALENDS_ROLES: "worker" } });
	const app = await buildApp(made.services, []);
	for (const path of ["/", "/docs", "/openapi.json"]) expect((await app.inject(path)).statusCode).toBe(404);
	await app.close();
});

test.each([
	[{}, false, "first"],
	[{ HOST: "0.0.0.0" }, false, "first-with-code"],
	[{}, true, "sign-in"],
	[{ HOST: "0.0.0.0", KALENDS_SIGNUP: "open" }, true, "sign-in-or-up"],
])("with %j, and somebody there: %s, the page offers %s", async (env, someone, offered) => {
	expect(await offer(env, { someone })).toBe(offered);
});

test.each([
	[{}, "no"],
	[{ GOOGLE_CLIENT_ID: "id", GOOGLE_CLIENT_SECRET: "secret" }, "yes"],
])("with %j, is Google offered: %s", async (env, offered) => {
	made = await createTestServices({}, { env });
	const app = await buildApp(made.services, []);
	const answer = await app.inject("/");
	await app.close();
	expect(answer.body).toContain(`<main data-google="${offered}">`);
	expect(answer.body).toContain('id="connect-google"');
});
