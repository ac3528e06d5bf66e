/**
 * JSON text for `jsonb_to_recordset`: a whole slice as one parameter of one statement; or for one jsonb value.
 * PostgreSQL's jsonb and text hold neither NUL nor half a surrogate pair, which broken servers send; they are dropped
 * and replaced.
 */
export function toRecordset(rows: object): string {
	const text = JSON.stringify(rows);
	return text.includes("\\u") && UNSTORABLE.test(text) ? JSON.stringify(rows, storable) : text;
}

/** As JSON.stringify escapes them; matches some harmless text too, which then takes the slow way. */
const UNSTORABLE = /\\u(?:0000|d[89a-f])/i;

function storable(_key: string, value: unknown): unknown {
	return typeof value === "string" ? value.replaceAll("\0", "").toWellFormed() : value;
}
