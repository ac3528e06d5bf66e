import type { Conference } from "@kalends/model";
import { describe, expect, it } from "vitest";
import {
	AttachmentsInput,
	attachmentsFromWire,
	CategoriesInput,
	ColorInput,
	ConferenceInput,
	conferenceFromWire,
	RemindersInput,
	remindersFromWire,
} from "./details-from-wire.ts";

describe("reminders", () => {
	const present = { use_default: false, overrides: [{ method: "popup", minutes: 5 }] } as const;
	const defaults = [{ method: "email", minutes: 60 }] as const;
	const read = (input: unknown, keeps = false) =>
		remindersFromWire(input === null ? null : RemindersInput.parse(input), present, defaults, keeps);

	it.each([
		["are what was sent", { overrides: [{ method: "email", minutes: -15 }] }, [{ method: "email", minutes: -15 }]],
		["are each there once", { overrides: [present.overrides[0], present.overrides[0]] }, present.overrides],
		["are none", { overrides: [] }, []],
		["stay where nothing is said", {}, present.overrides],
		["stay where only the default is declined", { use_default: false }, present.overrides],
		["are the calendar's", { use_default: true }, defaults],
		["are the calendar's where they are cleared", null, defaults],
	])("%s", (_, input, overrides) => expect(read(input)).toEqual({ use_default: false, overrides }));
	it.each([{ use_default: true }, null])("%j is left to a provider that keeps default reminders", (input) =>
		expect(read(input, true)).toEqual({ use_default: true, overrides: [] }),
	);
	it.each([
		[{ overrides: [{ method: "sms", minutes: 5 }] }],
		[{ overrides: [{ method: "popup", minutes: 1.5 }] }],
		[{ overrides: [{ method: "popup", minutes: 527_041 }] }],
		[{ overrides: Array.from({ length: 21 }, (_, minutes) => ({ method: "popup", minutes })) }],
		[{ overrides: [{ method: "popup" }] }],
		[{ use_default: true, overrides: [{ method: "popup", minutes: 1 }] }],
	])("refuses %j", (input) => expect(RemindersInput.safeParse(input).success).toBe(false));
});

describe("conference", () => {
	const zoom = { url: "https://acme.zoom.us/j/1", provider: "zoom" };
	const asked = { url: "", provider: null, create: true } as const;
	const read = (input: unknown, present: Conference | null = null, makes = false) =>
		conferenceFromWire(input === null ? null : ConferenceInput.parse(input), present, makes);

	it("is known by its address", () => {
		expect(read({ url: zoom.url }).conference).toEqual(zoom);
		expect(read({ url: "https://example.com/room", provider: null }).conference).toEqual({
			url: "https://example.com/room",
			provider: null,
		});
	});
	it("keeps its address where only its provider is named", () =>
		expect(read({ provider: "Our bridge" }, zoom).conference).toEqual({ ...zoom, provider: "Our bridge" }));
	it("is cleared", () => expect(read(null, zoom).conference).toBeNull());
	it("is not made by a provider that cannot", () =>
		expect(read({ create: true }, zoom)).toEqual({
			conference: zoom,
			faults: [{ field: "conference.create", detail: expect.stringContaining("Send the url") }],
		}));
	it("is asked for from a provider that can, unless there is one", () => {
		expect(read({ create: true }, null, true)).toEqual({ conference: asked, faults: [] });
		expect(read({ create: true }, zoom, true)).toEqual({ conference: zoom, faults: [] });
		expect(read({}, asked, true)).toEqual({ conference: asked, faults: [] });
		expect(read({ url: zoom.url }, asked, true)).toEqual({ conference: zoom, faults: [] });
	});
	it("is given or asked for, not both", () =>
		expect(ConferenceInput.safeParse({ url: zoom.url, create: true }).error?.issues).toMatchObject([
			{ path: ["create"] },
		]));
	it("needs an address", () => expect(read({}).faults).toEqual([{ field: "conference.url", detail: "Send the url." }]));
	it.each([
		"javascript:alert(1)",
		"tel:+49123",
		"https://",
		"https://a b",
		"https://a.b/\r\nX:1",
		"//a.b",
		"https://a\ud800",
	])("refuses %j", (url) => expect(ConferenceInput.safeParse({ url }).success).toBe(false));
});

describe("attachments", () => {
	const old = { url: "http://files.example.com/old.pdf", title: "Old", mime_type: "application/pdf" };
	const read = (input: unknown) => attachmentsFromWire(AttachmentsInput.parse(input), [old]);
	it("are https links", () => {
		expect(read([{ url: "https://files.example.com/a.pdf", title: "A", mime_type: "application/pdf" }])).toEqual({
			attachments: [{ url: "https://files.example.com/a.pdf", title: "A", mime_type: "application/pdf" }],
			faults: [],
		});
		expect(read([{ url: "http://files.example.com/a.pdf" }]).faults).toEqual([
			{ field: "attachments[0].url", detail: "Use an https address." },
		]);
	});
	it("stay as they are when they are there already", () => expect(read([{ url: old.url }]).attachments).toEqual([old]));
	it("are each there once", () =>
		expect(AttachmentsInput.safeParse([old, old]).error?.issues).toEqual([
			expect.objectContaining({ path: [1, "url"] }),
		]));
	it.each([
		[{ url: "data:text/plain,hi" }],
		[{ url: "https://a.b/", mime_type: "application/pdf;x=y\r\n" }],
		[{ url: "https://a.b/", title: "a\nb" }],
		[{ title: "a" }],
	])("refuses %j", (input) => expect(AttachmentsInput.safeParse([input]).success).toBe(false));
});

it("categories are trimmed, and each there once", () => {
	expect(CategoriesInput.parse([" Work", "Play, fun", "Work"])).toEqual(["Work", "Play, fun"]);
	for (const bad of [[" "], ["a\nb"], ["a".repeat(201)], Array.from({ length: 51 }, String)]) {
		expect(CategoriesInput.safeParse(bad).success).toBe(false);
	}
});

it("a colour is #rrggbb", () => {
	expect(ColorInput.parse("#AABBCC")).toBe("#aabbcc");
	for (const bad of ["red", "#abc", "#aabbccdd", "aabbcc"]) expect(ColorInput.safeParse(bad).success).toBe(false);
});
