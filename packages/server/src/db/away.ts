/** SQLSTATE classes that pass by themselves: connection, insufficient resources, operator intervention, rollback. */
const PASSING_CLASSES: ReadonlySet<string> = new Set(["08", "53", "57", "40"]);
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

/**
 * True when the database could not be asked, or asks to try again: it restarts, is full, or broke a deadlock.
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
