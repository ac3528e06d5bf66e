import Fastify from "fastify";
import pg from "pg";

/**
 * The yardstick of reading: a bare Fastify route that runs the same SQL and answers the rows, as a process of its own.
 * Reads `{databaseUrl, queries: [{sql, parameters}]}` as its first message; answers `{port}`.
 */
interface Task {
	readonly databaseUrl: string;
	readonly queries: readonly { readonly sql: string; readonly parameters: readonly unknown[] }[];
}

process.once("message", async (task: Task) => {
	const pool = new pg.Pool({ connectionString: task.databaseUrl, max: 10 });
	const app = Fastify();
	app.get("/", async () => {
		const answers = [];
		for (const { sql, parameters } of task.queries) answers.push((await pool.query(sql, [...parameters])).rows);
		return { data: answers.at(-1) };
	});
	await app.listen({ port: 0, host: "127.0.0.1" });
	const address = app.server.address();
	process.send?.({ port: typeof address === "object" ? address?.port : null });
});
