/**
 * The command line of the embedded server. Given at each start, so an update brings new values to old folders,
 * and above postgresql.conf, so nothing there weakens durability.
 * Small on purpose: the whole product stays below 250 MB when idle.
 * @returns arguments for `pg_ctl -o`, which a shell splits: no value may hold a space
 */
export function serverSettings(options: { readonly port: number; readonly durable: boolean }): string {
	const durability = options.durable ? "on" : "off";
	const settings: Readonly<Record<string, string | number>> = {
		port: options.port,
		// Loopback with a password: other users of the machine can knock, but not enter.
		listen_addresses: "127.0.0.1",
		unix_socket_directories: "''",
		password_encryption: "scram-sha-256",
		fsync: durability,
		synchronous_commit: durability,
		full_page_writes: durability,
		shared_buffers: "32MB",
		max_connections: options.durable ? 40 : 200,
		jit: "off",
		io_method: "sync",
		max_parallel_workers: 0,
		max_parallel_workers_per_gather: 0,
		max_parallel_maintenance_workers: 0,
		max_worker_processes: 0,
		max_logical_replication_workers: 0,
		autovacuum_max_workers: 1,
		autovacuum_worker_slots: 1,
		max_wal_senders: 0,
		wal_level: "minimal",
		max_wal_size: "256MB",
		huge_pages: "off",
		timezone: "UTC",
		log_timezone: "UTC",
		// Above ERROR: failed statements are logged by the process that sent them, and their text may hold people's data.
		log_min_messages: "log",
		log_min_error_statement: "panic",
		log_checkpoints: "off",
	};
	return Object.entries(settings)
		.map(([name, value]) => `-c ${name}=${value}`)
		.join(" ");
}
