import { type Radicale, startRadicale } from "@kalends/providers/testing";
import { afterEach, expect, test } from "vitest";
import { runCommandLine, type StartedServer, startCommandLine } from "../testing/command-line.ts";
import { createTestDataFolder, type TestDataFolder } from "../testing/data-folder.ts";

let data: TestDataFolder | null = null;
let radicale: Radicale | null = null;
let server: StartedServer | null = null;

afterEach(async () => {
	await server?.end("SIGTERM");
	await radicale?.stop();
	await data?.remove();
});

const KEY = "kal_verify_0123456789abcdefghij";
const event = (uid: string, summary: string) =>
	[
		"BEGIN:VCALENDAR",
		"VERSION:2.0",
		"PRODID:-//test//EN",
		"BEGIN:VEVENT",
		`UID:${uid}`,
		"DTSTAMP:20261101T000000Z",
		"DTSTART:20261205T090000Z",
		"DTEND:20261205T100000Z",
		`SUMMARY:${summary}`,
		"END:VEVENT",
		"END:VCALENDAR",
		"",
	].join("\r\n");

test("verify finds a fresh copy the same, and names what has changed at the provider since", async () => {
	data = await createTestDataFolder();
	radicale = await startRadicale({ username: "ann", password: "secret" });
	const calendar = await radicale.createCalendar("work", { displayName: "Work" });
	await radicale.put(calendar, "one.ics", event("one", "First"));
	await radicale.put(calendar, "two.ics", event("two", "Second"));
	const env = {
		KALENDS_DATA_DIR: data.path,
		KALENDS_ADMIN_EMAIL: "ann@example.com",
		KALENDS_ADMIN_PASSWORD: "correct horse",
		KALENDS_ADMIN_API_KEY: KEY,
		KALENDS_ALLOWED_PRIVATE_HOSTS: "127.0.0.1",
	};
	server = await startCommandLine(env);
	const ask = async (method: string, path: string, body?: unknown) => {
		const answer = await fetch(`${server?.url}${path}`, {
			method,
			headers: {
				authorization: `Bearer ${KEY}`,
				...(body === undefined ? {} : { "content-type": "application/json" }),
			},
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		});
		const text = await answer.text();
		if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
		return JSON.parse(text) as { id: string };
	};
	const connection = await ask("POST", "/v1/connections", {
		provider: "caldav",
		url: radicale.url.href,
		username: "ann",
		password: "secret",
	});

	await ask("POST", `/v1/connections/${connection.id}/sync?wait=true`);
	// So that no poll brings the copy up to date in the meantime.
	await ask("PATCH", `/v1/connections/${connection.id}`, { paused: true });

	const same = await runCommandLine(["verify", "--json"], env);
	expect(same).toMatchObject({ exitCode: 0, stderr: "" });
	expect(JSON.parse(same.stdout).connections).toEqual([
		expect.objectContaining({ connection_id: connection.id, calendars: 1, events: 2, differences: [], error: null }),
	]);

	await radicale.put(calendar, "one.ics", event("one", "First again"));
	await radicale.put(calendar, "three.ics", event("three", "Third"));
	await radicale.remove(calendar, "two.ics");
	const changed = await runCommandLine(["verify", connection.id], env);
	expect(changed.exitCode).toBe(1);
	expect(changed.stdout).toMatch(/different in Work: First again \[one\]: title/);
	expect(changed.stdout).toMatch(/missing in Work: Third \[three\]/);
	expect(changed.stdout).toMatch(/extra in Work: Second \[two\]/);

	await radicale.stop();
	radicale = null;
	const unreachable = await runCommandLine(["verify"], env);
	expect(unreachable).toMatchObject({ exitCode: 1, stdout: expect.stringContaining("connection_refused") });
});
