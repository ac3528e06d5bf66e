import { afterEach, expect, test } from "vitest";
import { buildApp } from "../http/app.ts";
import { createTestPerson } from "../testing/people.ts";
import { createTestServices, type TestServices } from "../testing/services.ts";
import { instanceEndpoints } from "./endpoints.ts";

let made: TestServices;
afterEach(() => made.close());

const GOOGLE = { GOOGLE_CLIENT_ID: "id", GOOGLE_CLIENT_SECRET: "secret" };

test.each([
	[{}, false, { first_account: "open", signup: false, google: false }],
	[{ HOST: "0.0.0.0", KALENDS_SIGNUP: "open" }, false, { first_account: "code", signup: false, google: false }],
	[GOOGLE, true, { first_account: null, signup: false, google: true }],
	[{ HOST: "0.0.0.0", KALENDS_SIGNUP: "open" }, true, { first_account: null, signup: true, google: false }],
])("with %j, and somebody there: %s, can be done: %j", async (env, someone, expected) => {
	made = await createTestServices({}, { env });
	if (someone) await createTestPerson(made.services);
	const app = await buildApp(made.services, instanceEndpoints, { verifyResponses: true });
	const answer = await app.inject("/v1/instance");
	await app.close();
	expect(answer.json()).toEqual(expected);
});
