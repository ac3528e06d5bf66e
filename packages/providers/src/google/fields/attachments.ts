import { listOf, textOf } from "../types.ts";
import { defineField, notAccepted } from "./field.ts";

const MOST = 25;

/** `attachments`: links; what Google knows beside of each stays with it. */
export const attachments = defineField<"attachments">({
	keys: ["attachments"],
	read: (event) => ({
		attachments: listOf(event.attachments).flatMap(({ fileUrl, title, mimeType }) => {
			const url = textOf(fileUrl);
			return url === "" ? [] : [{ url, title: textOf(title) || null, mime_type: textOf(mimeType) || null }];
		}),
	}),
	write: (event, base) => {
		if (event.attachments.length > MOST) throw notAccepted(`more than ${MOST} attachments`);
		const known = new Map(listOf(base?.attachments).map((each) => [textOf(each.fileUrl), each]));
		const list = event.attachments.map(({ url, title, mime_type: mimeType }) => ({
			...known.get(url),
			fileUrl: url,
			...(title === null ? {} : { title }),
			...(mimeType === null ? {} : { mimeType }),
		}));
		return { attachments: list.length === 0 ? null : list };
	},
});
