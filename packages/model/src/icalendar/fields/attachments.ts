import type { Attachment } from "../../event/event.ts";
import { defineField } from "../field.ts";
import { type ContentLine, contentLine, paramOf } from "../syntax/content-line.ts";
import { isWebUri, readUri, uriText } from "./uri-value.ts";

const TITLE_PARAMS = ["FILENAME", "X-FILENAME", "X-APPLE-FILENAME", "X-ORACLE-FILENAME", "X-LABEL"];

function toAttachment(line: ContentLine): Attachment | null {
	if (line.name !== "ATTACH") return null;
	if (paramOf(line, "VALUE")?.toUpperCase() === "BINARY" || paramOf(line, "ENCODING") !== null) return null;
	const url = readUri(line.value);
	if (!isWebUri(url)) return null;
	const title = TITLE_PARAMS.map((name) => paramOf(line, name)).find((text) => text !== null && text !== "");
	return { url, title: title ?? null, mime_type: paramOf(line, "FMTTYPE") || null };
}

function fromAttachment(attachment: Attachment): string {
	return contentLine("ATTACH", uriText(attachment.url), {
		FMTTYPE: attachment.mime_type,
		FILENAME: attachment.title,
	});
}

const sameAttachment = (a: Attachment, b: Attachment): boolean =>
	a.url === b.url && a.title === b.title && a.mime_type === b.mime_type;

/** `attachments`: ATTACH with a web address (RFC 5545 §3.8.1.1); inline data stays in the raw body. */
export const attachments = defineField<"attachments">({
	keys: ["attachments"],
	names: ["ATTACH"],
	read: (component) => ({
		attachments: component.properties.map(toAttachment).filter((attachment) => attachment !== null),
	}),
	write: (event, base) => {
		const known = base?.properties.filter((line) => line.name === "ATTACH") ?? [];
		const opaque = known.filter((line) => toAttachment(line) === null).map((line) => line.text);
		const readable = known.flatMap((line) => {
			const attachment = toAttachment(line);
			return attachment === null ? [] : [{ attachment, text: line.text }];
		});
		const lines = event.attachments.map(
			(wanted) => readable.find(({ attachment }) => sameAttachment(attachment, wanted))?.text ?? fromAttachment(wanted),
		);
		return { lines: [...lines, ...opaque] };
	},
});
