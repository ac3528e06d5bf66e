import { type Conference, conferenceProvider, isWebUri } from "@kalends/model";
import { type EventBody, type GoogleEvent, listOf, textOf } from "../types.ts";
import { defineField } from "./field.ts";

/**
 * `conference`: the video entry point of `conferenceData`, else `hangoutLink`. A Meet is made by asking for one;
 * another provider's link goes in as a conference of an add-on.
 */
export const conference = defineField<"conference">({
	keys: ["conference"],
	read: (event) => ({ conference: readConference(event) }),
	write: ({ conference: wanted }, base, { conferenceRequest }) => {
		if (wanted === null) return { conferenceData: null };
		if (wanted.create === true) {
			// It is on its way: Google makes them in its own time.
			if (base !== null && isPending(base)) return {};
			return {
				conferenceData: {
					createRequest: {
						requestId: conferenceRequest ?? "",
						conferenceSolutionKey: { type: "hangoutsMeet" },
					},
				},
			};
		}
		const present = base === null ? null : readConference(base);
		if (present?.url === wanted.url) return {};
		return linked(wanted, base);
	},
});

function readConference({ conferenceData, hangoutLink }: GoogleEvent): Conference | null {
	const points = listOf(conferenceData?.entryPoints).filter(({ uri }) => isWebUri(textOf(uri)));
	const video = points.find(({ entryPointType }) => entryPointType === "video");
	const url = textOf((video ?? points.find(({ entryPointType }) => entryPointType === "more"))?.uri);
	if (url !== "") {
		const name = textOf(conferenceData?.conferenceSolution?.name);
		return { url, provider: conferenceProvider(url) ?? (name || null) };
	}
	const link = textOf(hangoutLink);
	if (conferenceData?.createRequest?.status?.statusCode === "pending") return { url: "", provider: null, create: true };
	return isWebUri(link) ? { url: link, provider: conferenceProvider(link) } : null;
}

function isPending(event: GoogleEvent): boolean {
	return readConference(event)?.create === true;
}

/** A patch merges what is inside too: what belongs to the conference that was there is taken away by name. */
function linked({ url, provider }: Conference, base: GoogleEvent | null): EventBody {
	const was = base?.conferenceData ?? {};
	return {
		conferenceData: {
			...cleared(was),
			conferenceSolution: {
				...cleared(was.conferenceSolution ?? {}),
				key: { type: "addOn" },
				name: provider ?? new URL(url).host,
			},
			entryPoints: [{ entryPointType: "video", uri: url, label: new URL(url).host }],
		},
	};
}

function cleared(was: object): Readonly<Record<string, null>> {
	return Object.fromEntries(Object.keys(was).map((name) => [name, null]));
}
