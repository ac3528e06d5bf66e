import { expect, test } from "vitest";
import { CONTEXT, canonical, google } from "../testing/sample.ts";
import { description, htmlLink, location } from "./texts.ts";

test("texts come as they are, HTML included, and are empty where there is none", () => {
	const html = "<b>Agenda</b> &amp; more\n<script>x</script>";
	expect(description.read(google({ description: html }), CONTEXT)).toEqual({ description: html });
	expect(description.read(google(), CONTEXT)).toEqual({ description: "" });
	expect(location.read(google({ location: "Hall" }), CONTEXT)).toEqual({ location: "Hall" });
});

test("an empty text is taken away", () => {
	expect(description.write?.(canonical(), google(), CONTEXT)).toEqual({ description: null });
	expect(location.write?.(canonical({ location: "Hall" }), null, CONTEXT)).toEqual({ location: "Hall" });
});

test("the link is Google's to make", () => {
	expect(htmlLink.read(google(), CONTEXT)).toEqual({ html_link: "https://www.google.com/calendar/event?eid=abc" });
	expect(htmlLink.write).toBeUndefined();
});
