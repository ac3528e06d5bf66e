import { invalid, required } from "../../http/google-error.ts";
import { isObject, type JsonObject } from "../../json.ts";
import type { EventRecord } from "../../world/event-record.ts";
import type { Random } from "../../world/random.ts";
import { objectOf, textOf } from "./read-fields.ts";

export interface ConferencePart {
	readonly conferenceData: JsonObject | undefined;
	readonly hangoutLink: string | undefined;
}

/**
 * `conferenceData` of a body from a client that knows of conferences (`conferenceDataVersion=1`). A `createRequest`
 * with a new `requestId` begins as pending; one that is known already is ignored.
 */
export function readConference(body: JsonObject, existing: EventRecord | null): ConferencePart {
	const kept = { conferenceData: existing?.conferenceData, hangoutLink: existing?.hangoutLink };
	const data = objectOf(body, "conferenceData");
	if (data === undefined) return { conferenceData: undefined, hangoutLink: undefined };
	const request = objectOf(data, "createRequest");
	if (request === undefined) {
		const entries = Array.isArray(data.entryPoints) ? data.entryPoints : [];
		if (entries.length === 0 && data.conferenceSolution === undefined) throw invalid("Invalid conference data.");
		const video = entries.find((entry) => isObject(entry) && entry.entryPointType === "video");
		const uri = isObject(video) && typeof video.uri === "string" ? video.uri : undefined;
		return { conferenceData: data, hangoutLink: uri?.startsWith("https://meet.google.com/") ? uri : undefined };
	}
	const requestId = textOf(request, "requestId");
	if (requestId === undefined) throw required("Missing conference request ID.");
	const known = kept.conferenceData?.createRequest;
	if (isObject(known) && known.requestId === requestId) return kept;
	const type = textOf(objectOf(request, "conferenceSolutionKey") ?? {}, "type") ?? "hangoutsMeet";
	if (type !== "hangoutsMeet" && type !== "addOn") throw invalid("Invalid conference type value.");
	const createRequest = { requestId, conferenceSolutionKey: { type }, status: { statusCode: "pending" } };
	return { conferenceData: { createRequest }, hangoutLink: undefined };
}

/** Whether a conference was asked for and is not made yet. */
export function isPending(data: JsonObject | undefined): boolean {
	const request = data?.createRequest;
	return isObject(request) && isObject(request.status) && request.status.statusCode === "pending";
}

/** What a pending request becomes: a Meet conference; add-ons, which this Google has none of, fail. */
export function fulfil(data: JsonObject, random: Random): ConferencePart {
	const request = isObject(data.createRequest) ? data.createRequest : {};
	const key = isObject(request.conferenceSolutionKey) ? request.conferenceSolutionKey : {};
	if (key.type !== "hangoutsMeet") {
		const failed = { ...request, status: { statusCode: "failure" } };
		return { conferenceData: { createRequest: failed }, hangoutLink: undefined };
	}
	const letters = random
		.token(30)
		.replace(/[^a-z]/gi, "")
		.toLowerCase()
		.padEnd(10, "q");
	const code = `${letters.slice(0, 3)}-${letters.slice(3, 7)}-${letters.slice(7, 10)}`;
	return meetOf(code, { ...request, status: { statusCode: "success" } });
}

/** A Meet conference, as the API answers it. */
function meetOf(code: string, createRequest?: JsonObject): ConferencePart {
	const uri = `https://meet.google.com/${code}`;
	return {
		hangoutLink: uri,
		conferenceData: {
			...(createRequest === undefined ? {} : { createRequest }),
			entryPoints: [{ entryPointType: "video", uri, label: uri.slice("https://".length) }],
			conferenceSolution: {
				key: { type: "hangoutsMeet" },
				name: "Google Meet",
				iconUri:
					"https://fonts.gstatic.com/s/i/productlogos/meet_2020q4/v6/web-512dp/logo_meet_2020q4_color_2x_web_512dp.png",
			},
			conferenceId: code,
		},
	};
}
