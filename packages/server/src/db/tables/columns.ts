import type { ColumnType } from "kysely";

/** bigint columns: the pool parses int8 to a JavaScript number (all of ours stay below 2^53). */
export type BigInt8 = number;
/** jsonb column: objects are read parsed, written as JSON text. */
export type Json<T> = ColumnType<T, string, string>;
export type JsonWithDefault<T> = ColumnType<T, string | undefined, string>;
