import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { databaseFingerprint } from "../../testing/fingerprint.ts";
import { createWritingFixture, type WritingFixture } from "../testing.ts";

let fixture: WritingFixture;
beforeAll(async () => {
	fixture = await createWritingFixture();
	await fixture.sync();
});
afterAll(() => fixture.close());

const berlin = (date_time: string) => ({ date_time, time_zone: "Europe/Berlin" });
const TIMES = { start: berlin("2026-12-07T09:00:00"), end: berlin("2026-12-07T10:00:00") };

describe("a body at fault", () => {
	const faultsOf = async (body: object | string) => {
		const before = await databaseFingerprint(fixture.services.db);
		const answer = await fixture.app.inject({
			method: "POST",
			url: "/v1/events",
			headers: { ...fixture.headers, "content-type": "application/json" },
			payload: body,
		});
		expect(answer.statusCode).toBe(400);
		expect(answer.json().code).toBe("invalid_request");
		expect(await databaseFingerprint(fixture.services.db)).toEqual(before);
		return answer
			.json()
			.errors?.map(({ field }: { field: string }) => field)
			.sort();
	};

	it("is told of every fault at once, each by its field", async () => {
		expect(
			await faultsOf({
				title: 5,
				description: "a\u0000b",
				location: "a".repeat(4001),
				status: "maybe",
				start: { date_time: "2026-12-07T09:00:00", time_zone: "Europe/Berln" },
				end: { date_time: "yesterday" },
				recurrence: ["RRULE:FREQ=FORTNIGHTLY", "RRULE:FREQ=DAILY;COUNT=3;UNTIL=20270101T000000Z"],
				participants: [
					{ email: "ann@example.com\nATTENDEE:mailto:eve@example.com" },
					{ email: "bob@example.com", name: 7, organizer: true },
				],
				reminders: { use_default: true, overrides: [{ method: "sms", minutes: 1e9 }] },
				visibility: "secret",
				busy: "yes",
				color: "red",
				categories: [""],
				conference: { url: "https://example.com/room", create: true },
				attachments: [{ url: "http://files.example.com/a" }, { url: "javascript:alert(1)" }],
				id: "evt_1",
				etag: "1-x",
				html_link: "https://example.com",
				ical_uid: "u",
				all_day: true,
			}),
		).toEqual(
			[
				"title",
				"description",
				"location",
				"status",
				"start.time_zone",
				"end.date_time",
				"recurrence[0]",
				"recurrence[1]",
				"recurrence[1]",
				"participants[0].email",
				"participants[1].name",
				"reminders.overrides[0].method",
				"reminders.overrides[0].minutes",
				"visibility",
				"busy",
				"color",
				"categories[0]",
				"conference.create",
				"attachments[1].url",
				"id",
				"etag",
				"html_link",
				"ical_uid",
				"all_day",
			].sort(),
		);
	});

	it.each([
		[
			"an end before the start, beside another fault",
			{ ...TIMES, end: berlin("2026-12-07T08:00:00"), busy: 1 },
			["busy", "end"],
		],
		["no end", { start: TIMES.start }, ["end"]],
		["no start", { title: "x" }, ["start"]],
		["mixed types", { start: { date: "2026-12-07" }, end: TIMES.end }, ["end"]],
		["a time of no zone", { start: { date_time: "2026-12-07T09:00:00" }, end: TIMES.end }, ["start.time_zone"]],
		["an offset that its zone has not", { ...TIMES, start: berlin("2026-12-07T09:00:00+05:00") }, ["start.date_time"]],
		["a day that does not exist", { start: { date: "2026-02-30" } }, ["start.date"]],
		["UNTIL of another type", { ...TIMES, recurrence: ["RRULE:FREQ=DAILY;UNTIL=20261231"] }, ["recurrence[0]"]],
		["a rule too expensive", { ...TIMES, recurrence: ["RRULE:FREQ=SECONDLY"] }, ["recurrence"]],
		["a start off its rule", { ...TIMES, recurrence: ["RRULE:FREQ=WEEKLY;BYDAY=TU"] }, ["recurrence[0]"]],
		[
			"a series in a fixed offset",
			{ start: { date_time: "2026-12-07T09:00:00+01:00" }, end: TIMES.end, recurrence: ["RRULE:FREQ=DAILY"] },
			["start.time_zone"],
		],
		[
			"an organizer",
			{ ...TIMES, participants: [{ email: "a@example.com", organizer: true }] },
			["participants[0].organizer"],
		],
		["a guest twice", { ...TIMES, participants: [{ email: "a@b.c" }, { email: "A@b.c" }] }, ["participants[1].email"]],
		["a lone surrogate", { ...TIMES, title: "a\ud800" }, ["title"]],
		["a list", [], ["body"]],
		["nothing", "null", ["body"]],
		["text", '"x"', ["body"]],
	])("%s", async (_, body, fields) => {
		expect(await faultsOf(typeof body === "string" ? body : JSON.stringify(body))).toEqual(fields);
	});

	it("is refused where it is deep or large", async () => {
		expect(await faultsOf(`{"title": ${"[".repeat(100_000)}${"]".repeat(100_000)}}`)).toEqual(["start", "title"]);
		const answer = await fixture.call("POST", "/v1/events", { ...TIMES, description: "a".repeat(1_100_000) });
		expect(answer.status).toBe(413);
	});
});
