/** SQLSTATE classes that pass by themselves: connection, insufficient resources, operator intervention. */
const PASSING_CLASSES: ReadonlySet<string> = new Set(["08", "53", "57"]);
/** idle_in_transaction_session_timeout: the process stood still for a while. */
const PASSING_CODES: ReadonlySet<string> = new Set(["25P03"]);
const SOCKET_CALLS: ReadonlySet<unknown> = new Set(["connect", "read", "write", "getaddrinfo"]);
const SOCKET_CODES: ReadonlySet<string> = new Set([
	"ECONNREFUSED",
	"ECONNRESET",
	"EPIPE",
	"ENOTFOUND",
	"ETIMEDOUT",
	"ENOENT",
]);

/** transaction_rollback, serialization_failure, deadlock_detected. */
const ROLLED_BACK: ReadonlySet<string> = new Set(["40000", "40001", "40P01"]);

/**
 * True when the database, which is well, has undone a transaction for the sake of others and asks to try it again: a
 * deadlock, or a conflict between serializable ones. `inTransaction` does.
 */
export function isRolledBack(error: unknown): boolean {
	return error instanceof Error && "severity" in error && "code" in error && ROLLED_BACK.has(String(error.code));
}

/** True when nothing is wrong with what was asked, and asking again later helps. */
export function isPassing(error: unknown): boolean {
	return isRolledBack(error) || isDatabaseAway(error);
}

/**
 * True when the database could not be asked: it restarts, is full, or cannot be reached.
 * @see https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export function isDatabaseAway(error: unknown): boolean {
	if (!(error instanceof Error)) return false;
	if ("severity" in error && "code" in error && typeof error.code === "string") {
		return PASSING_CLASSES.has(error.code.slice(0, 2)) || PASSING_CODES.has(error.code);
	}
	// The driver's own errors carry no SQLSTATE.
	if (
		/^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/.test(
			error.message,
		)
	) {
		return true;
	}
	return (
		"syscall" in error && SOCKET_CALLS.has(error.syscall) && "code" in error && SOCKET_CODES.has(String(error.code))
	);
}
