import { defineField } from "../field.ts";
import { propertyOf } from "../syntax/component.ts";
import { isWebUri, readUri, uriText } from "./uri-value.ts";

/** `html_link`: URL (RFC 5545 §3.8.4.6) where it is a web address; other schemes stay in the raw body only. */
export const htmlLink = defineField<"html_link">({
	keys: ["html_link"],
	names: ["URL"],
	read: (component) => {
		const url = readUri(propertyOf(component, "URL")?.value ?? "");
		return { html_link: isWebUri(url) ? url : null };
	},
	write: (event) => ({ lines: event.html_link === null ? [] : [`URL:${uriText(event.html_link)}`] }),
});
