import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A real CalDAV server of somebody else's in a folder of its own, and what a test does to its calendars. */
export interface RealServer {
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
	/** The body of one resource; null where there is none. */
	get(calendarPath: string, resourceName: string): Promise<string | null>;
	remove(calendarPath: string, resourceName: string): Promise<void>;
	stop(): Promise<void>;
}

export interface DavClientInput {
	/** The server's name, for errors. */
	readonly name: string;
	readonly url: URL;
	readonly username: string;
	/** Asked at every request. */
	readonly password: () => string;
	/** Path in which calendars are made. */
	readonly home: string;
}

export const CALENDAR_TYPE = { "content-type": "text/calendar; charset=utf-8" };
const XML_TYPE = { "content-type": "application/xml; charset=utf-8" };

/** Acts on a server as another client would. */
export function davClient({ name, url, username, password, home }: DavClientInput) {
	const send = async (method: string, path: string, body?: string, headers: Record<string, string> = {}) => {
		const authorization = `Basic ${Buffer.from(`${username}:${password()}`).toString("base64")}`;
		const answer = await fetch(new URL(path, url), {
			method,
			headers: { authorization, ...headers },
			...(body === undefined ? {} : { body }),
		});
		return { answer, text: await answer.text() };
	};
	const request = async (method: string, path: string, body?: string, headers: Record<string, string> = {}) => {
		const { answer, text } = await send(method, path, body, headers);
		if (!answer.ok) throw new Error(`${name} answered ${answer.status} to ${method} ${path}: ${text.slice(0, 300)}`);
		return answer;
	};
	return {
		request,
		async createCalendar(calendar: string, properties: { displayName?: string; color?: string } = {}) {
			const path = `${home}${encodeURIComponent(calendar)}/`;
			const body = mkcalendarBody(properties.displayName ?? calendar, properties.color ?? null);
			await request("MKCALENDAR", path, body, XML_TYPE);
			return path;
		},
		async rename(path: string, displayName: string) {
			await request("PROPPATCH", path, proppatchBody(displayName), XML_TYPE);
		},
		async deleteCollection(path: string) {
			await request("DELETE", path);
		},
		async put(calendarPath: string, resourceName: string, ics: string) {
			const answer = await request("PUT", calendarPath + encodeURIComponent(resourceName), ics, CALENDAR_TYPE);
			return answer.headers.get("etag");
		},
		async get(calendarPath: string, resourceName: string) {
			const { answer, text } = await send("GET", calendarPath + encodeURIComponent(resourceName));
			if (answer.ok) return text;
			if (answer.status === 404) return null;
			throw new Error(`${name} answered ${answer.status} to GET ${resourceName}: ${text.slice(0, 300)}`);
		},
		async remove(calendarPath: string, resourceName: string) {
			await request("DELETE", calendarPath + encodeURIComponent(resourceName));
		},
	};
}

export interface ServerProcess {
	readonly url: URL;
	/** Ends it and deletes its folder. */
	stop(): Promise<void>;
}

/**
 * Starts a server on a free port of the loopback, and waits until it answers.
 * @param command gets the folder and the port; answers program and arguments, having written what they need
 */
export async function startServer(
	name: string,
	command: (folder: string, port: number) => Promise<readonly [program: string, ...argv: string[]]>,
): Promise<ServerProcess> {
	const folder = await mkdtemp(join(scratchFolder(), `${name.toLowerCase()}-`));
	const port = await freePort();
	const [program, ...argv] = await command(folder, port);
	const child = spawn(program, argv, { stdio: ["ignore", "ignore", "pipe"] });
	let log = "";
	child.stderr.on("data", (chunk: Buffer) => {
		log = (log + chunk.toString()).slice(-4000);
	});
	const url = new URL(`http://127.0.0.1:${port}/`);
	const stop = async () => {
		if (child.exitCode === null && child.signalCode === null) {
			const ended = new Promise((resolve) => child.once("exit", resolve));
			child.kill("SIGKILL");
			await ended;
		}
		await rm(folder, { recursive: true, force: true });
	};
	try {
		await untilAnswering(name, url, child, () => log);
	} catch (error) {
		await stop();
		throw error;
	}
	return { url, stop };
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

/** These servers sync every item to disk; in memory that costs nothing. */
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

async function untilAnswering(name: string, url: URL, child: ChildProcess, log: () => string): Promise<void> {
	for (let attempt = 0; attempt < 600; attempt++) {
		if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}: ${log()}`);
		try {
			const answer = await fetch(url, { redirect: "manual" });
			await answer.arrayBuffer();
			return;
		} catch {
			await new Promise((resolve) => setTimeout(resolve, 50));
		}
	}
	throw new Error(`${name} did not answer within 30 s: ${log()}`);
}
