import type { TestProject } from "vitest/node";
import { startTestServer } from "./embedded.ts";
import { prepareTemplate } from "./template.ts";

declare module "vitest" {
	interface ProvidedContext {
		/** Of a database whose user may create databases. */
		testDatabaseUrl: string;
	}
}

/** One PostgreSQL for the whole run; KALENDS_TEST_DATABASE_URL names another one to use. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
	const given = process.env.KALENDS_TEST_DATABASE_URL;
	const server = given === undefined || given === "" ? await startTestServer() : { url: given, stop: async () => {} };
	await prepareTemplate(server.url);
	project.provide("testDatabaseUrl", server.url);
	return server.stop;
}
