import type { Participant } from "@kalends/model";
import { guest } from "@kalends/model/testing";
import { describe, expect, it } from "vitest";
import { ParticipantsInput, participantsFromWire } from "./participants-from-wire.ts";

const read = (input: unknown, known: readonly Participant[] = [], own: readonly string[] = []) =>
	participantsFromWire(ParticipantsInput.parse(input), known, new Set(own));

describe("addresses", () => {
	it.each(["ann@example.com", "ann+work@example.co.uk", "o'neil@example.com", "ann@localhost", "用户@例子.中国"])(
		"takes %s",
		(email) => expect(read([{ email }])).toEqual({ participants: [guest(email)], faults: [] }),
	);
	it.each([
		"",
		"ann",
		"@example.com",
		"ann@",
		"ann@@example.com",
		"ann@example..com",
		"ann@example.com\r\nATTENDEE:mailto:eve@example.com",
		"ann@example.com,eve@example.com",
		"Ann <ann@example.com>",
		'"a@evil x"@ok',
		"ann @example.com",
		"ann@exam\u202Eple.com",
		"ann\u0000@example.com",
		`${"a".repeat(65)}@example.com`,
		`ann@${"a".repeat(400)}.com`,
	])("refuses %j", (email) => {
		const parsed = ParticipantsInput.safeParse([{ email }]);
		const fields = parsed.success
			? read([{ email }]).faults.map(({ field }) => field)
			: parsed.error.issues.map(({ path }) => `participants[${String(path[0])}].${String(path[1])}`);
		expect(new Set(fields)).toEqual(new Set(["participants[0].email"]));
	});
	it("takes another URI of one who is there already only", () => {
		const known = guest("urn:uuid:1234");
		expect(read([{ email: "urn:uuid:1234" }], [known])).toEqual({ participants: [known], faults: [] });
		expect(read([{ email: "urn:uuid:1234" }]).faults).toEqual([
			{ field: "participants[0].email", detail: expect.stringContaining("no e-mail address") },
		]);
	});
});

describe("a participant", () => {
	it("is what was sent", () => {
		const input = {
			email: "ann@example.com",
			name: "Ann, “A”",
			response: "accepted",
			optional: true,
			organizer: false,
		};
		expect(read([input]).participants).toEqual([{ ...input, self: false }]);
	});
	it("has a name of one line", () => {
		expect(ParticipantsInput.safeParse([{ email: "a@b.c", name: "x\r\nATTENDEE:y" }]).success).toBe(false);
		expect(read([{ email: "a@b.c", name: "" }]).participants[0]?.name).toBeNull();
	});
	it("is oneself by one's own address", () =>
		expect(read([{ email: "Me@Example.com" }], [], ["me@example.com"]).participants[0]?.self).toBe(true));
	it("keeps what is left out", () => {
		const known = guest("Ann@example.com", { name: "Ann", response: "tentative", optional: true, self: true });
		expect(read([{ email: "ann@EXAMPLE.com" }], [known]).participants).toEqual([known]);
		expect(read([{ email: "ann@example.com", name: null, optional: false }], [known]).participants).toEqual([
			{ ...known, name: null, optional: false },
		]);
	});
	it("is nobody twice, in whatever letter case", () =>
		expect(
			ParticipantsInput.safeParse([{ email: "a@b.c" }, { email: "x@y.z" }, { email: "A@B.C" }]).error?.issues,
		).toEqual([expect.objectContaining({ path: [2, "email"], message: "This participant is given twice." })]));
	it("is one of 500 at the most, beside the organizer", () => {
		const many = Array.from({ length: 502 }, (_, index) => ({ email: `guest${index}@example.com` }));
		expect(ParticipantsInput.safeParse(many).error?.issues[0]?.message).toMatch(/at most 500/);
		expect(read(many.slice(0, 501)).faults).toEqual([{ field: "participants", detail: expect.stringMatching(/500/) }]);
		const organizer = guest("guest0@example.com", { organizer: true });
		expect(read(many.slice(0, 501), [organizer]).faults).toEqual([]);
	});
});

describe("the organizer", () => {
	const boss = guest("boss@example.com", { organizer: true, response: "accepted" });
	it("cannot be chosen or changed", () => {
		const fault = (index: number) => ({ field: `participants[${index}].organizer`, detail: expect.any(String) });
		expect(read([{ email: "a@b.c", organizer: true }]).faults).toEqual([fault(0)]);
		expect(
			read(
				[
					{ email: "boss@example.com", organizer: false },
					{ email: "a@b.c", organizer: true },
				],
				[boss],
			).faults,
		).toEqual([fault(0), fault(1)]);
	});
	it("is taken as it was read", () => expect(read([boss], [boss])).toEqual({ participants: [boss], faults: [] }));
	it("stays as long as there are guests", () => {
		expect(read([{ email: "a@b.c" }], [boss]).participants).toEqual([boss, guest("a@b.c")]);
		expect(read([], [boss]).participants).toEqual([]);
	});
});
