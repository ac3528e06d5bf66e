import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestServices, type TestServices } from "../testing/services.ts";

/** Types are erased, so what schema.ts and tables/ say is read from their text. */

let made: TestServices;
beforeAll(async () => {
	made = await createTestServices();
});
afterAll(() => made.close());

const read = (path: string) => readFileSync(join(import.meta.dirname, path), "utf8");

interface Declared {
	readonly parent: string | null;
	/** Names of columns, with ` null` behind those that may be. */
	readonly columns: readonly string[];
}

/** The interfaces of tables/ by name; their members stand at the depth of one tab. */
function interfaces(): ReadonlyMap<string, Declared> {
	const text = globSync("tables/*.ts", { cwd: import.meta.dirname })
		.map(read)
		.join("\n");
	const found = text.matchAll(/^(?:export )?interface (\w+)(?: extends (\w+))? \{\n(.*?)^\}/gms);
	return new Map(
		Array.from(found, ([, name = "", parent, body = ""]) => {
			const members = Array.from(body.matchAll(/^\t(\w+): ((?:.|\n\t\t|\n\t[}>|])*?);$/gm));
			// Of jsonb the null stands within the brackets; what its objects hold ends with a semicolon.
			const columns = members.map(([, column, type = ""]) =>
				/\| null(?:[>,]|$)/.test(type) ? `${column} null` : `${column}`,
			);
			return [name, { parent: parent ?? null, columns }] as const;
		}),
	);
}

test("every table of the database is declared, with its columns and which of them may be null", async () => {
	const types = interfaces();
	const columnsOf = (name: string | null): readonly string[] => {
		const declared = name === null ? undefined : types.get(name);
		return declared === undefined ? [] : [...columnsOf(declared.parent), ...declared.columns];
	};
	const [, body = ""] = /interface Database \{\n(.*?)^\}/ms.exec(read("schema.ts")) ?? [];
	const declared = Object.fromEntries(
		Array.from(body.matchAll(/^\t(\w+): (\w+);$/gm), ([, table, type = ""]) => [table, columnsOf(type).toSorted()]),
	);
	const { rows } = await sql<{ table: string; columns: string[] }>`
		SELECT table_name AS table,
			array_agg(column_name || CASE is_nullable WHEN 'YES' THEN ' null' ELSE '' END) AS columns
		FROM information_schema.columns
		WHERE table_schema = 'public' AND table_name NOT LIKE 'kysely_%'
		GROUP BY table_name`.execute(made.services.db);
	expect(Object.keys(declared).length).toBeGreaterThan(30);
	expect(declared).toEqual(Object.fromEntries(rows.map(({ table, columns }) => [table, columns.toSorted()])));
});
