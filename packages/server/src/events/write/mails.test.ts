import { event, guest, zoned } from "@kalends/model/testing";
import { describe, expect, it } from "vitest";
import { mailedAddresses } from "./mails.ts";

const me = guest("me@example.com", { self: true, organizer: true, response: "accepted" });
const ann = guest("ann@example.com");
const bob = guest("bob@example.com");
const start = zoned("2026-12-07T09:00:00");
const meeting = event({ start, participants: [me, ann, bob] });
const OWN = new Set(["me@example.com"]);

describe("of one's own event", () => {
	it("all guests are mailed of a new one, not oneself", () => {
		expect(mailedAddresses([], [meeting], OWN)).toEqual(["ann@example.com", "bob@example.com"]);
		const plain = event({ start, participants: [guest("Me@Example.com"), ann] });
		expect(mailedAddresses([], [plain], OWN)).toEqual(["ann@example.com"]);
		expect(mailedAddresses([], [event({ start })], OWN)).toEqual([]);
	});
	it("all guests are mailed of a change that they see, those who go too", () => {
		expect(mailedAddresses([meeting], [{ ...meeting, title: "New" }], OWN)).toHaveLength(2);
		expect(mailedAddresses([meeting], [{ ...meeting, participants: [me, ann] }], OWN)).toHaveLength(2);
		expect(mailedAddresses([meeting], [], OWN)).toHaveLength(2);
	});
	it("nobody is mailed of what guests do not see", () => {
		const quiet = { ...meeting, color: "#ff0000", busy: false, reminders: { use_default: false, overrides: [] } };
		expect(mailedAddresses([meeting], [{ ...quiet, sequence: 3, updated_at: "2026-12-01T12:00:00Z" }], OWN)).toEqual(
			[],
		);
	});
	it("of one occurrence only its guests are mailed", () => {
		const weekly = { ...meeting, recurrence: ["RRULE:FREQ=WEEKLY"] };
		const own = event({ start, recurrence_id: start, participants: [me, ann] });
		expect(mailedAddresses([weekly, own], [weekly, { ...own, title: "This time" }], OWN)).toEqual(["ann@example.com"]);
		// Who is no longer invited to it is told so.
		expect(mailedAddresses([weekly], [weekly, own], OWN)).toEqual(["ann@example.com", "bob@example.com"]);
	});
	it("nobody is mailed of what guests do not see of one occurrence", () => {
		const weekly = { ...meeting, recurrence: ["RRULE:FREQ=WEEKLY"] };
		const slot = zoned("2026-12-14T09:00:00");
		const override = { ...meeting, recurrence_id: slot, start: slot, end: zoned("2026-12-14T10:00:00") };
		expect(mailedAddresses([weekly], [weekly, { ...override, color: "#ff0000" }], OWN)).toEqual([]);
		expect(mailedAddresses([weekly], [weekly, { ...override, location: "Room 2" }], OWN)).toHaveLength(2);
		expect(mailedAddresses([weekly], [weekly, { ...override, end: zoned("2026-12-14T11:00:00") }], OWN)).toHaveLength(
			2,
		);
	});
	it("a guest without an e-mail address is not mailed", () =>
		expect(mailedAddresses([], [event({ start, participants: [me, guest("urn:uuid:1")] })], OWN)).toEqual([]));
});

describe("of somebody else's event", () => {
	const invitation = event({
		start,
		participants: [guest("boss@example.com", { organizer: true }), guest("me@example.com", { self: true }), ann],
	});
	const answered = {
		...invitation,
		participants: invitation.participants.map((one) => (one.self ? { ...one, response: "accepted" as const } : one)),
	};
	it("the organizer is mailed of an answer", () =>
		expect(mailedAddresses([invitation], [answered], OWN)).toEqual(["boss@example.com"]));
	it("the organizer is mailed where it is deleted, unless it was declined", () => {
		expect(mailedAddresses([invitation], [], OWN)).toEqual(["boss@example.com"]);
		const declined = invitation.participants.map((one) => (one.self ? { ...one, response: "declined" as const } : one));
		expect(mailedAddresses([{ ...invitation, participants: declined }], [], OWN)).toEqual([]);
	});
	it("nobody is mailed of anything else", () =>
		expect(mailedAddresses([invitation], [{ ...invitation, title: "Mine" }], OWN)).toEqual([]));
});
