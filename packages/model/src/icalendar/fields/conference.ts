import { defineField } from "../field.ts";
import type { Component } from "../syntax/component.ts";
import { type ContentLine, contentLine, paramOf } from "../syntax/content-line.ts";
import { isWebUri, readUri, uriText } from "./uri-value.ts";

/** In order of preference. */
const NAMES = [
	"CONFERENCE",
	"X-GOOGLE-CONFERENCE",
	"X-MICROSOFT-SKYPETEAMSMEETINGURL",
	"X-MICROSOFT-ONLINEMEETINGEXTERNALLINK",
	"X-TELEMOST-CONFERENCE",
];

const PROVIDERS: readonly (readonly [RegExp, string])[] = [
	[/^https:\/\/meet\.google\.com\//i, "google_meet"],
	[/^https:\/\/teams\.(microsoft|live)\.com\//i, "microsoft_teams"],
	[/^https:\/\/([\w-]+\.)*zoom\.us\//i, "zoom"],
	[/^https:\/\/([\w-]+\.)*webex\.com\//i, "webex"],
	[/^https:\/\/meet\.jit\.si\//i, "jitsi"],
	[/^https:\/\/telemost\.yandex\.\w+\//i, "telemost"],
];

/** Whose conferences have addresses like this; null where that is not known. */
export function conferenceProvider(url: string): string | null {
	return PROVIDERS.find(([pattern]) => pattern.test(url))?.[1] ?? null;
}

const isChoice = (line: ContentLine): boolean => NAMES.includes(line.name) && isWebUri(readUri(line.value));

function choose(component: Component): ContentLine | undefined {
	const choices = component.properties.filter(isChoice);
	const hasVideo = (line: ContentLine) =>
		line.params.some((param) => param.name === "FEATURE" && param.values.some((value) => /^video$/i.test(value)));
	for (const name of NAMES) {
		const named = choices.filter((line) => line.name === name);
		const best = named.find(hasVideo) ?? named[0];
		if (best !== undefined) return best;
	}
	return undefined;
}

/**
 * `conference`: CONFERENCE (RFC 7986 §5.11), a video one first, else the vendors' own properties. Dial-in numbers and
 * other CONFERENCE lines that are no web address stay in the raw body.
 */
export const conference = defineField<"conference">({
	keys: ["conference"],
	names: NAMES,
	read: (component) => {
		const line = choose(component);
		if (line === undefined) return { conference: null };
		const url = readUri(line.value);
		return { conference: { url, provider: paramOf(line, "X-PROVIDER") ?? conferenceProvider(url) } };
	},
	write: (event, base) => {
		const kept = base?.properties.filter((line) => NAMES.includes(line.name) && !isChoice(line)) ?? [];
		const lines = kept.map((line) => line.text);
		// One that is asked for of a provider that makes them has no address yet.
		if (event.conference !== null && event.conference.url !== "") {
			const { url, provider } = event.conference;
			const params = { VALUE: "URI", "X-PROVIDER": provider === conferenceProvider(url) ? null : provider };
			lines.push(contentLine("CONFERENCE;FEATURE=AUDIO,VIDEO", uriText(url), params));
		}
		return { lines };
	},
});
