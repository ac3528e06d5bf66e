import { describe, expect, test } from "vitest";
import { eventLines, onlyEvent, parseLines, readOne, rewritten, writtenLines } from "../testing/read-one.ts";

const ANN = {
	email: "ann@example.org",
	name: "Ann",
	response: "accepted",
	optional: false,
	organizer: true,
	self: false,
} as const;
const BOB = {
	email: "bob@example.org",
	name: null,
	response: "needs_action",
	optional: false,
	organizer: false,
	self: false,
} as const;

describe("reading", () => {
	test("ORGANIZER alone has called the meeting and takes part", () =>
		expect(readOne('ORGANIZER;CN="Ann":mailto:ann@example.org').participants).toEqual([ANN]));

	test("an organizer who is also an attendee is one participant, with the attendee's answer", () =>
		expect(
			readOne(
				"ORGANIZER;CN=Ann:MAILTO:Ann@example.org",
				"ATTENDEE:mailto:bob@example.org",
				"ATTENDEE;PARTSTAT=TENTATIVE:mailto:ann@example.org",
			).participants,
		).toEqual([BOB, { ...ANN, response: "tentative" }]));

	test.each([
		["PARTSTAT=ACCEPTED", { response: "accepted" }],
		["PARTSTAT=declined", { response: "declined" }],
		["PARTSTAT=TENTATIVE", { response: "tentative" }],
		["PARTSTAT=DELEGATED", { response: "needs_action" }],
		["ROLE=OPT-PARTICIPANT", { optional: true }],
		["ROLE=NON-PARTICIPANT", { optional: true }],
		["ROLE=CHAIR", { optional: false }],
		['CN="Doe, Jane^nx"', { name: "Doe, Jane\nx" }],
		["CN=", { name: null }],
	])("%s", (param, expected) =>
		expect(readOne(`ATTENDEE;${param}:mailto:bob@example.org`).participants).toEqual([{ ...BOB, ...expected }]),
	);

	test.each([
		["mailto:a%2Bb@example.org", "a+b@example.org"],
		["mailto:100%@example.org", "100%@example.org"],
		["urn:uuid:123", "urn:uuid:123"],
		["bob@example.org", "bob@example.org"],
	])("the address of %s is %s", (uri, email) => expect(readOne(`ATTENDEE:${uri}`).participants[0]?.email).toBe(email));

	test("another URI gives way to its EMAIL parameter", () =>
		expect(readOne("ATTENDEE;EMAIL=bob@example.org:/aMjE2/principal/").participants).toEqual([BOB]));

	test("each address once; an empty one never", () =>
		expect(
			readOne("ATTENDEE:mailto:bob@example.org", "ATTENDEE:MAILTO:BOB@example.org", "ATTENDEE:mailto:").participants,
		).toEqual([BOB]));

	test("many quoted addresses in a parameter do not shift the value", () => {
		const members = Array.from({ length: 30 }, (_, i) => `"mailto:m${i}@example.org"`).join(",");
		expect(readOne(`ATTENDEE;CUTYPE=GROUP;MEMBER=${members}:mailto:bob@example.org`).participants).toEqual([BOB]);
	});

	test("the reader is found among them, in any letter case", () => {
		const options = { selfAddresses: ["mailto:BOB@example.org"] };
		const event = onlyEvent(
			parseLines(eventLines("ATTENDEE:mailto:bob@Example.org", "ATTENDEE:mailto:c@example.org"), options),
		);
		expect(event.participants.map(({ self }) => self)).toEqual([true, false]);
	});
});

describe("writing", () => {
	test("organizer and attendees", () => {
		const participants = [
			ANN,
			BOB,
			{ ...BOB, email: "c@example.org", name: 'C "D"; E', optional: true, response: "declined" as const },
		];
		expect(writtenLines({ ...readOne(), participants }).filter((line) => /^(ORGANIZER|ATTENDEE)/.test(line))).toEqual([
			"ORGANIZER;CN=Ann:mailto:ann@example.org",
			"ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:bob@example.org",
			`ATTENDEE;CN="C ^'D^'; E";ROLE=OPT-PARTICIPANT;PARTSTAT=DECLINED:mailto:c@example.org`,
		]);
	});

	test("an address cannot break out of its line", () =>
		expect(
			writtenLines({
				...readOne(),
				participants: [{ ...BOB, name: "x\r\nBCC:y", email: "a\r\nX-EVIL:1@example.org" }],
			}).some((line) => /^(BCC|X-EVIL)/.test(line)),
		).toBe(false));

	const LINES = [
		'ORGANIZER;SENT-BY="mailto:s@example.org":mailto:ann@example.org',
		'ATTENDEE;CUTYPE=INDIVIDUAL;SCHEDULE-STATUS=1.2;PARTSTAT=NEEDS-ACTION;X-A="b;c":mailto:bob@example.org',
		"ATTENDEE;X-B=1:mailto:c@example.org",
	];
	const NAMES = ["ORGANIZER", "ATTENDEE"];

	test("an answer changes only its parameter", () => {
		const participants = readOne(...LINES).participants.map((one) =>
			one.email === "bob@example.org" ? { ...one, response: "accepted" as const } : one,
		);
		expect(rewritten(NAMES, { participants }, ...LINES)).toEqual([
			LINES[0],
			'ATTENDEE;CUTYPE=INDIVIDUAL;SCHEDULE-STATUS=1.2;PARTSTAT=ACCEPTED;X-A="b;c":mailto:bob@example.org',
			LINES[2],
		]);
	});

	test("a comment stands beside the answer, and goes with it", () => {
		const [organizer, bob, other] = readOne(...LINES).participants;
		if (organizer === undefined || bob === undefined || other === undefined) throw new Error("nobody");
		const answered = { ...bob, response: "declined" as const, comment: 'Away: back "soon"\nBob' };
		const lines = rewritten(NAMES, { participants: [organizer, answered, other] }, ...LINES);
		expect(lines[1]).toContain(";PARTSTAT=DECLINED;");
		expect(lines[1]).toContain(`;X-RESPONSE-COMMENT="Away: back ^'soon^'^nBob":`);
		expect(readOne(...lines).participants[1]).toEqual(answered);
		expect(rewritten(NAMES, { participants: [organizer, { ...bob }, other] }, ...lines)).toEqual(LINES);
	});

	test("whether someone is the reader is not a change", () => {
		const participants = readOne(...LINES).participants.map((one) => ({ ...one, self: true }));
		expect(rewritten(NAMES, { participants }, ...LINES)).toEqual(LINES);
	});

	test("who is taken off is gone", () => {
		const participants = readOne(...LINES).participants.filter(({ email }) => email !== "c@example.org");
		expect(rewritten(NAMES, { participants }, ...LINES)).toEqual(LINES.slice(0, 2));
	});
});
