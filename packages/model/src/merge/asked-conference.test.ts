import { expect, test } from "vitest";
import type { CalendarEvent } from "../event/event.ts";
import { event, zoned } from "../recurrence/testing/series.ts";
import { mergeResource } from "./merge-resource.ts";

const withRoom = (conference: CalendarEvent["conference"]) => [
	event({ start: zoned("2026-03-02T09:00:00", "UTC"), conference }),
];
const asked = withRoom({ url: "", provider: null, create: true });
const made = withRoom({ url: "https://meet.google.com/abc", provider: "google_meet" });

test("a conference that was asked for and is there is no conflict", () => {
	expect(mergeResource({ base: withRoom(null), local: asked, remote: made })).toEqual({ events: made, lost: [] });
});

test("one that is asked for in place of another is made", () => {
	expect(mergeResource({ base: made, local: asked, remote: made })).toEqual({ events: asked, lost: [] });
});

test("what was changed while it was being made wins over it: no conference, or another one", () => {
	const other = withRoom({ url: "https://zoom.us/j/1", provider: "zoom" });
	for (const local of [withRoom(null), other]) {
		expect(mergeResource({ base: asked, local, remote: made })).toEqual({ events: local, lost: [] });
	}
	expect(mergeResource({ base: asked, local: asked, remote: made })).toEqual({ events: made, lost: [] });
});
