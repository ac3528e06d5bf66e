/** Where a sealed secret lives. An envelope opens at its own place only. */
export interface SecretPlace {
	readonly table: string;
	readonly column: string;
	readonly userId: string;
	readonly rowId: string;
}

/** The place of `connections.credentials`. */
export function connectionCredentials(userId: string, connectionId: string): SecretPlace {
	return { table: "connections", column: "credentials", userId, rowId: connectionId };
}
