import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CALENDAR_TYPE, davClient, type RealServer, startServer } from "./real-server.ts";

/** A real Radicale (Debian package `radicale`). */
export interface Radicale extends RealServer {
	/** PUTs a whole collection at once: one VCALENDAR with many UIDs. Fast for fixtures. */
	putWhole(calendarPath: string, ics: string): Promise<void>;
	/** From now on only this password is right. */
	changePassword(password: string): Promise<void>;
}

export interface RadicaleOptions {
	/** With a password the server checks it (htpasswd, plain); without, it lets everybody in. */
	readonly password?: string;
	readonly username?: string;
}

export async function startRadicale(options: RadicaleOptions = {}): Promise<Radicale> {
	const { username = "user", password = "" } = options;
	let current = password;
	let users = "";
	const server = await startServer("Radicale", async (folder, port) => {
		users = join(folder, "users");
		await mkdir(join(folder, "collections"));
		await writeFile(users, `${username}:${password}\n`);
		await writeFile(join(folder, "config"), configuration(folder, port, password !== ""));
		return ["/usr/bin/radicale", "--config", join(folder, "config")];
	});
	const { request, ...client } = davClient({
		name: "Radicale",
		url: server.url,
		username,
		password: () => current,
		home: `/${encodeURIComponent(username)}/`,
	});
	return {
		...server,
		...client,
		username,
		password,
		async putWhole(calendarPath, ics) {
			await request("PUT", calendarPath, ics, CALENDAR_TYPE);
		},
		async changePassword(changed) {
			// It reads the file at every login.
			await writeFile(users, `${username}:${changed}\n`);
			current = changed;
		},
	};
}

function configuration(folder: string, port: number, checksPassword: boolean): string {
	return [
		"[server]",
		`hosts = 127.0.0.1:${port}`,
		"max_connections = 50",
		"[auth]",
		checksPassword ? "type = htpasswd" : "type = none",
		`htpasswd_filename = ${join(folder, "users")}`,
		"htpasswd_encryption = plain",
		"delay = 0",
		"[storage]",
		`filesystem_folder = ${join(folder, "collections")}`,
		"[logging]",
		"level = warning",
		"",
	].join("\n");
}
