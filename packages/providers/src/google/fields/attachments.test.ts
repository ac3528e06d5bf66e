import { expect, test } from "vitest";
import { CONTEXT, canonical, google } from "../testing/sample.ts";
import { attachments } from "./attachments.ts";

const FILE = {
	fileUrl: "https://drive.google.com/open?id=1",
	title: "Notes",
	mimeType: "text/plain",
	iconLink: "https://drive.google.com/icon",
	fileId: "1",
};

test("attachments are links with title and type", () => {
	expect(attachments.read(google({ attachments: [FILE, { title: "no link" }] }), CONTEXT)).toEqual({
		attachments: [{ url: FILE.fileUrl, title: "Notes", mime_type: "text/plain" }],
	});
});

test("one more is added, and what Google knows of the others stays", () => {
	const base = google({ attachments: [FILE] });
	const more = { url: "https://example.com/a.pdf", title: null, mime_type: null };
	const event = canonical({ attachments: [FILE] });
	const wanted = { ...event, attachments: [...event.attachments, more] };
	expect(attachments.write?.(wanted, base, CONTEXT)).toEqual({ attachments: [FILE, { fileUrl: more.url }] });
	expect(attachments.write?.({ ...event, attachments: [] }, base, CONTEXT)).toEqual({ attachments: null });
});

test("more than 25 are refused", () => {
	const many = Array.from({ length: 26 }, (_, index) => ({
		url: `https://x.org/${index}`,
		title: null,
		mime_type: null,
	}));
	expect(() => attachments.write?.(canonical({}, { attachments: many }), null, CONTEXT)).toThrow(/25/);
});
