import { z } from "zod";
import { Problem } from "./errors.ts";
import { holdsNul } from "./validation.ts";

const DEFAULT_LIMIT = 50;
export const MAX_LIMIT = 200;

/** Query parameters of every list; spread into the endpoint's query schema. */
export const pageQuery = {
	limit: z.coerce
		.number("Use a whole number from 1 to 200.")
		.int("Use a whole number from 1 to 200.")
		.min(1)
		.max(MAX_LIMIT)
		.default(DEFAULT_LIMIT)
		.describe("How many at most."),
	cursor: z.string().min(1).max(1024).optional().describe("`next_cursor` of the page before."),
} as const;

/** The envelope of every list. */
export function listOf<T extends z.ZodType>(item: T) {
	return z.object({
		data: z.array(item),
		next_cursor: z.string().max(1024).nullable().describe("Null on the last page."),
	});
}

export interface Page<T> {
	readonly data: readonly T[];
	readonly next_cursor: string | null;
}

/**
 * Cuts a page from rows that were read with `limit + 1`.
 * @param position the keyset of the last row shown, as `readCursor` will give it back
 */
export function pageOf<Row, Item>(
	rows: readonly Row[],
	limit: number,
	position: (row: Row) => unknown,
	toItem: (row: Row) => Item,
): Page<Item> {
	const shown = rows.slice(0, limit);
	const last = shown.at(-1);
	return {
		data: shown.map(toItem),
		next_cursor: rows.length > limit && last !== undefined ? writeCursor(position(last)) : null,
	};
}

/** Opaque text for a keyset position. */
export function writeCursor(position: unknown): string {
	return Buffer.from(JSON.stringify(position)).toString("base64url");
}

/**
 * The position that `writeCursor` was given, checked against its schema; undefined for the first page.
 * @throws Problem `invalid_cursor`
 */
export function readCursor<T extends z.ZodType>(cursor: string | undefined, schema: T): z.output<T> | undefined {
	if (cursor === undefined) return undefined;
	try {
		const position = schema.parse(JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")));
		if (holdsNul(position)) throw new Error("the position holds U+0000");
		return position;
	} catch (cause) {
		throw new Problem("invalid_cursor", "The cursor is not one that this list gave out.", {
			fix: "Send next_cursor exactly as it came, to the same list with the same filters, or leave cursor out to start again.",
			errors: [{ field: "cursor", detail: "is not a cursor of this list" }],
			cause,
		});
	}
}
