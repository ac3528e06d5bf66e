import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from "kysely";
import type { Database } from "../packages/server/src/db/schema.ts";
import { buildApp } from "../packages/server/src/http/app.ts";
import { routes } from "../packages/server/src/http/routes.ts";
import { createTestServices } from "../packages/server/src/testing/services.ts";
import type { OpenApiDocument } from "./client-types.ts";

/** What a server of this checkout answers at /openapi.json, made without a database. */
export async function currentDocument(): Promise<OpenApiDocument> {
	const db = new Kysely<Database>({
		dialect: {
			createAdapter: () => new PostgresAdapter(),
			createDriver: () => new DummyDriver(),
			createIntrospector: (inner) => new PostgresIntrospector(inner),
			createQueryCompiler: () => new PostgresQueryCompiler(),
		},
	});
	const made = await createTestServices({ db });
	const app = await buildApp(made.services, routes);
	try {
		return (await app.inject("/openapi.json")).json();
	} finally {
		await app.close();
		await made.close();
	}
}
