import type { Connection } from "@kalends/client";

export type Provider = Connection["provider"];

/** What people call them; names of products, so they are not translated. */
export const PROVIDER_NAMES: Readonly<Record<Provider, string>> = {
	google: "Google",
	icloud: "Apple iCloud",
	caldav: "CalDAV",
	ics: "ICS",
	microsoft: "Microsoft 365",
};
