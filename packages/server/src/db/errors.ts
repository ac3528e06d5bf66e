export type DatabaseErrorCode =
	| "database_unreachable"
	| "database_too_old"
	| "database_newer"
	| "database_unsafe"
	| "database_in_use"
	| "migration_failed";

/** Why the database cannot be used. The message is one sentence for the operator, with what to do. */
export class DatabaseError extends Error {
	override readonly name = "DatabaseError";
	readonly code: DatabaseErrorCode;

	constructor(code: DatabaseErrorCode, message: string, options?: { cause?: unknown }) {
		super(message, options);
		this.code = code;
	}
}
