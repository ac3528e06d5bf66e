/** Offered for dates; the server takes any other language tag over the API. */
export const LOCALES = [
	"en-GB",
	"en-US",
	"de",
	"es",
	"fr",
	"it",
	"nl",
	"pl",
	"pt-BR",
	"pt-PT",
	"sv",
	"tr",
	"uk",
	"ja",
	"ko",
	"zh-CN",
] as const;

/** "Deutsch", "English (United Kingdom)": each in itself. */
export function localeName(locale: string): string {
	try {
		return new Intl.DisplayNames([locale], { type: "language", languageDisplay: "standard" }).of(locale) ?? locale;
	} catch {
		return locale;
	}
}
