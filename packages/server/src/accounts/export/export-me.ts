import { Readable } from "node:stream";
import { type Kysely, sql } from "kysely";
import { z } from "zod";
import type { Database } from "../../db/schema.ts";
import { endpoint } from "../../http/endpoint.ts";
import type { Services } from "../../services.ts";
import { EXPORT_SECTIONS, type ExportSection } from "./sections.ts";

const ROWS = 200;

const ExportSchema = z
	.looseObject({
		format: z.literal("kalends-export-1"),
		exported_at: z.string(),
		complete: z.boolean().describe("The last member: false, or missing, where the server broke off."),
	})
	.meta({
		id: "Export",
		description: "Beside these one list for each kind of data: events, calendars, connections, …",
	});

export const exportMe = endpoint({
	method: "GET",
	path: "/v1/me/export",
	operationId: "exportMe",
	summary: "Download all your data",
	description:
		"Everything that Kalends has of you, as one JSON document: settings, connections and calendars, events with the " +
		"provider's own text of each, their history of 30 days, notifications, mails. Passwords, keys and other secrets are not " +
		"in it. It is read piece by piece: what changes meanwhile may be in it or not.",
	tag: "people",
	access: { kind: "user", scope: "read" },
	responses: { 200: ExportSchema },
	async handle({ services, principal }) {
		const day = new Date(services.now()).toISOString().slice(0, 10);
		return {
			status: 200,
			stream: Readable.from(exportText(services, principal.userId), { highWaterMark: 1 }),
			headers: {
				"content-type": "application/json; charset=utf-8",
				"content-disposition": `attachment; filename="kalends-${day}.json"`,
			},
		};
	},
});

async function* exportText(services: Services, userId: string): AsyncGenerator<string, void, undefined> {
	const at = new Date(services.now()).toISOString();
	yield `{"format":"kalends-export-1","exported_at":${JSON.stringify(at)}`;
	try {
		for (const section of EXPORT_SECTIONS) {
			yield `,\n${JSON.stringify(section.name)}:[`;
			let separator = "";
			for await (const rows of pagesOf(services.db, section, userId)) {
				yield separator + rows.join(",\n");
				separator = ",\n";
			}
			yield "]";
		}
		yield ',\n"complete":true}\n';
	} catch (error) {
		// The status is sent already; JSON that does not end tells the reader.
		services.log.error({ user_id: userId, err: error }, "a download of a user's data broke off");
		throw error;
	}
}

/** Rows as JSON texts, a page at a time, each page as the reader takes the one before. */
async function* pagesOf(
	db: Kysely<Database>,
	{ table, owner = undefined, columns, key }: ExportSection,
	userId: string,
): AsyncGenerator<readonly string[], void, undefined> {
	const position = sql.join(key.map((column) => sql.ref(column)));
	const shown = sql.join(columns.map((column) => sql`${sql.lit(column)}, ${sql.ref(column)}`));
	let behind = sql``;
	for (;;) {
		const { rows } = await sql<{ readonly row: string; readonly position: readonly unknown[] }>`
				SELECT jsonb_build_object(${shown})::text AS row, jsonb_build_array(${position}) AS position
				FROM ${sql.table(table)}
				WHERE ${sql.ref(owner ?? "user_id")} = ${userId} ${behind}
				ORDER BY ${position} LIMIT ${sql.lit(ROWS)}`.execute(db);
		if (rows.length > 0) yield rows.map(({ row }) => row);
		if (rows.length < ROWS) return;
		behind = sql`AND (${position}) > (${sql.join([...(rows.at(-1)?.position ?? [])])})`;
	}
}
