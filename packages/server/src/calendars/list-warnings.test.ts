import { memoryProvider } from "@kalends/providers/testing";
import { afterEach, beforeEach, expect, it } from "vitest";
import { buildApp } from "../http/app.ts";
import { routes } from "../http/routes.ts";
import { performRun } from "../sync/run.ts";
import { createTestPerson } from "../testing/people.ts";
import { createTestServices, type TestServices } from "../testing/services.ts";

let made: TestServices;
let app: Awaited<ReturnType<typeof buildApp>>;
let person: Awaited<ReturnType<typeof createTestPerson>>;
const { provider, control } = memoryProvider();

beforeEach(async () => {
	const warning = {
		...provider,
		async *pull(...args: Parameters<typeof provider.pull>) {
			for await (const page of provider.pull(...args)) {
				const changed = page.changed.map((resource) => ({ ...resource, warnings: warningsOf(resource.id) }));
				yield { ...page, changed };
			}
		},
	};
	made = await createTestServices({ providers: new Map([["caldav", warning]]) });
	app = await buildApp(made.services, routes, { verifyResponses: true });
	person = await createTestPerson(made.services);
});
afterEach(async () => {
	await app.close();
	await made.close();
});

const warningsOf = (id: string) => (id.startsWith("odd") ? [`${id} has no zone`] : []);
const get = async (url: string) => (await app.inject({ method: "GET", url, headers: person.headers })).json();
const ics = (uid: string, rule = "") =>
	`BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:${uid}\r\nDTSTART:20261201T090000Z\r\n${rule}SUMMARY:${uid}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n`;

it("tells what was guessed or not read, page by page", async () => {
	control.addAccount("ada", "secret");
	const calendar = control.createCalendar("ada");
	for (const uid of ["odd 1", "fine", "odd 2"]) control.put(calendar, uid, ics(uid));
	control.put(calendar, "fortnightly", ics("fortnightly", "RRULE:FREQ=FORTNIGHTLY\r\n"));
	const payload = { provider: "caldav", url: "https://dav.example.com/", username: "ada", password: "secret" };
	await app.inject({ method: "POST", url: "/v1/connections", headers: person.headers, payload });
	const run = await made.services.db.selectFrom("runs").selectAll().executeTakeFirstOrThrow();
	const key = { userId: run.user_id, connectionId: run.connection_id, runId: run.id };
	await performRun(made.services, key, new AbortController().signal);

	const [{ id, warnings_count }] = (await get("/v1/calendars")).data;
	expect(warnings_count).toBe(3);
	const first = await get(`/v1/calendars/${id}/warnings?limit=2`);
	const second = await get(`/v1/calendars/${id}/warnings?limit=2&cursor=${first.next_cursor}`);
	const all = [...first.data, ...second.data];
	expect(second.next_cursor).toBeNull();
	expect(all.map(({ title, details }) => [title, details]).sort()).toEqual([
		["fortnightly", [expect.stringContaining("cannot be followed")]],
		["odd 1", ["odd 1 has no zone"]],
		["odd 2", ["odd 2 has no zone"]],
	]);
	expect((await get(`/v1/events/${all[0].event_id}`)).title).toBe(all[0].title);
});
