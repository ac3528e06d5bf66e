import { expect, test } from "vitest";
import { CONTEXT, canonical, google } from "../testing/sample.ts";
import type { GoogleEvent } from "../types.ts";
import { conference } from "./conference.ts";

const MEET: Partial<GoogleEvent> = {
	hangoutLink: "https://meet.google.com/abc-defg-hij",
	conferenceData: {
		conferenceId: "abc-defg-hij",
		conferenceSolution: { key: { type: "hangoutsMeet" }, name: "Google Meet" },
		entryPoints: [
			{ entryPointType: "phone", uri: "tel:+43-1", pin: "123" },
			{ entryPointType: "video", uri: "https://meet.google.com/abc-defg-hij", label: "meet.google.com/abc-defg-hij" },
		],
	},
};

test("the video entry point is the link", () => {
	const meet = { url: "https://meet.google.com/abc-defg-hij", provider: "google_meet" };
	expect(conference.read(google(MEET), CONTEXT)).toEqual({ conference: meet });
	expect(conference.read(google({ hangoutLink: meet.url }), CONTEXT)).toEqual({ conference: meet });
	expect(conference.read(google(), CONTEXT)).toEqual({ conference: null });
});

test("an add-on's conference is named by the add-on, and what is no web address is no link", () => {
	const of = (uri: string) => ({
		conferenceData: {
			conferenceSolution: { key: { type: "addOn" }, name: "Rooms" },
			entryPoints: [{ entryPointType: "video", uri }],
		},
	});
	const room = { url: "https://rooms.example.com/1", provider: "Rooms" };
	expect(conference.read(google(of(room.url)), CONTEXT)).toEqual({ conference: room });
	expect(conference.read(google(of("javascript:alert(1)")), CONTEXT)).toEqual({ conference: null });
});

test("a Meet is asked for with the same request id while it is the same wish", () => {
	const asked = canonical({}, { conference: { url: "", provider: null, create: true } });
	expect(conference.write?.(asked, null, CONTEXT)).toEqual({
		conferenceData: { createRequest: { requestId: "request-1", conferenceSolutionKey: { type: "hangoutsMeet" } } },
	});
});

test("a link that is there stays untouched, another one goes in as an add-on's, none takes it away", () => {
	expect(conference.write?.(canonical(MEET), google(MEET), CONTEXT)).toEqual({});
	expect(conference.write?.(canonical(), google(MEET), CONTEXT)).toEqual({ conferenceData: null });
	const zoom = canonical({}, { conference: { url: "https://zoom.us/j/1", provider: "zoom" } });
	expect(conference.write?.(zoom, google(MEET), CONTEXT)).toEqual({
		conferenceData: {
			conferenceId: null,
			conferenceSolution: { key: { type: "addOn" }, name: "zoom" },
			entryPoints: [{ entryPointType: "video", uri: "https://zoom.us/j/1", label: "zoom.us" }],
		},
	});
});

test("one that Google has not made yet is neither there nor asked for again, and a failed one is none", () => {
	const request = (statusCode: string) => ({
		conferenceData: { createRequest: { requestId: "r", status: { statusCode } } },
	});
	const pending = { url: "", provider: null, create: true } as const;
	expect(conference.read(google(request("pending")), CONTEXT)).toEqual({ conference: pending });
	expect(conference.write?.(canonical({}, { conference: pending }), google(request("pending")), CONTEXT)).toEqual({});
	expect(conference.read(google(request("failure")), CONTEXT)).toEqual({ conference: null });
});
