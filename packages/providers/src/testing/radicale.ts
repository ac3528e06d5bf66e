import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A real Radicale (Debian package `radicale`) in a folder of its own, for tests and benchmarks. */
export interface Radicale {
	/** `http://127.0.0.1:<port>/` */
	readonly url: URL;
	readonly username: string;
	/** The one it was started with; empty where the server asks for none. */
	readonly password: string;
	/** Makes a calendar collection; answers its path, e.g. `/user/work/`. */
	createCalendar(name: string, properties?: { displayName?: string; color?: string }): Promise<string>;
	rename(path: string, displayName: string): Promise<void>;
	deleteCollection(path: string): Promise<void>;
	/** PUTs one resource; answers its etag where the server gives one. */
	put(calendarPath: string, resourceName: string, ics: string): Promise<string | null>;
	remove(calendarPath: string, resourceName: string): Promise<void>;
	/** PUTs a whole collection at once: one VCALENDAR with many UIDs. Fast for fixtures. */
	putWhole(calendarPath: string, ics: string): Promise<void>;
	/** From now on only this password is right. */
	changePassword(password: string): Promise<void>;
	stop(): Promise<void>;
}

export interface RadicaleOptions {
	/** With a password the server checks it (htpasswd, plain); without, it lets everybody in. */
	readonly password?: string;
	readonly username?: string;
}

export async function startRadicale(options: RadicaleOptions = {}): Promise<Radicale> {
	const username = options.username ?? "user";
	const password = options.password ?? "";
	let current = password;
	const folder = await mkdtemp(join(scratchFolder(), "radicale-"));
	const port = await freePort();
	await mkdir(join(folder, "collections"));
	await writeFile(join(folder, "users"), `${username}:${password}\n`);
	await writeFile(join(folder, "config"), configuration(folder, port, password !== ""));

	const child = spawn("/usr/bin/radicale", ["--config", join(folder, "config")], {
		stdio: ["ignore", "ignore", "pipe"],
	});
	let log = "";
	child.stderr.on("data", (chunk: Buffer) => {
		log = (log + chunk.toString()).slice(-4000);
	});
	const url = new URL(`http://127.0.0.1:${port}/`);
	await untilAnswering(url, child, () => log);

	const request = async (method: string, path: string, body?: string, headers: Record<string, string> = {}) => {
		const answer = await fetch(new URL(path, url), {
			method,
			headers: {
				authorization: `Basic ${Buffer.from(`${username}:${current}`).toString("base64")}`,
				...headers,
			},
			...(body === undefined ? {} : { body }),
		});
		const text = await answer.text();
		if (!answer.ok) throw new Error(`Radicale answered ${answer.status} to ${method} ${path}: ${text.slice(0, 300)}`);
		return answer;
	};
	const calendarType = { "content-type": "text/calendar; charset=utf-8" };

	return {
		url,
		username,
		password,
		async createCalendar(name, properties = {}) {
			const path = `/${encodeURIComponent(username)}/${encodeURIComponent(name)}/`;
			await request("MKCALENDAR", path, mkcalendarBody(properties.displayName ?? name, properties.color ?? null), {
				"content-type": "application/xml; charset=utf-8",
			});
			return path;
		},
		async rename(path, displayName) {
			await request("PROPPATCH", path, proppatchBody(displayName), { "content-type": "application/xml; charset=utf-8" });
		},
		async deleteCollection(path) {
			await request("DELETE", path);
		},
		async put(calendarPath, resourceName, ics) {
			const answer = await request("PUT", calendarPath + encodeURIComponent(resourceName), ics, calendarType);
			return answer.headers.get("etag");
		},
		async remove(calendarPath, resourceName) {
			await request("DELETE", calendarPath + encodeURIComponent(resourceName));
		},
		async putWhole(calendarPath, ics) {
			await request("PUT", calendarPath, ics, calendarType);
		},
		async changePassword(changed) {
			// It reads the file at every login.
			await writeFile(join(folder, "users"), `${username}:${changed}\n`);
			current = changed;
		},
		async stop() {
			if (child.exitCode === null) {
				const ended = new Promise((resolve) => child.once("exit", resolve));
				child.kill("SIGKILL");
				await ended;
			}
			await rm(folder, { recursive: true, force: true });
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

function mkcalendarBody(displayName: string, color: string | null): string {
	return `<?xml version="1.0" encoding="utf-8"?>
<C:mkcalendar xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:A="http://apple.com/ns/ical/"><D:set><D:prop>
<D:displayname>${escapeXml(displayName)}</D:displayname>${color === null ? "" : `<A:calendar-color>${color}</A:calendar-color>`}
<C:supported-calendar-component-set><C:comp name="VEVENT"/></C:supported-calendar-component-set>
</D:prop></D:set></C:mkcalendar>`;
}

function proppatchBody(displayName: string): string {
	return `<?xml version="1.0" encoding="utf-8"?>
<D:propertyupdate xmlns:D="DAV:"><D:set><D:prop><D:displayname>${escapeXml(displayName)}</D:displayname></D:prop></D:set></D:propertyupdate>`;
}

function escapeXml(text: string): string {
	return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

/** Radicale syncs every item to disk; in memory that costs nothing. */
function scratchFolder(): string {
	return existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
}

async function freePort(): Promise<number> {
	const server = createServer();
	await new Promise<void>((resolve, reject) => {
		server.once("error", reject);
		server.listen(0, "127.0.0.1", resolve);
	});
	const address = server.address();
	await new Promise((resolve) => server.close(resolve));
	if (address === null || typeof address === "string") throw new Error("no port");
	return address.port;
}

async function untilAnswering(url: URL, child: ChildProcess, log: () => string): Promise<void> {
	for (let attempt = 0; attempt < 300; attempt++) {
		if (child.exitCode !== null) throw new Error(`Radicale ended with ${child.exitCode}: ${log()}`);
		try {
			const answer = await fetch(url, { redirect: "manual" });
			await answer.arrayBuffer();
			return;
		} catch {
			await new Promise((resolve) => setTimeout(resolve, 50));
		}
	}
	child.kill("SIGKILL");
	throw new Error(`Radicale did not answer within 15 s: ${log()}`);
}
