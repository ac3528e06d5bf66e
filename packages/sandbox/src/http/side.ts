import type { World } from "../world/world.ts";
import type { GoogleError } from "./google-error.ts";
import { jsonAnswer, type WebAnswer, type WebRequest } from "./web.ts";

/** What the list of requests tells of an answer. */
export interface AnswerNote {
	readonly email: string | null;
	readonly reason: string | null;
	/** Quota units. */
	readonly units: number;
}

export interface NotedAnswer extends WebAnswer {
	readonly note?: AnswerNote;
}

/** An error of the API as an answer. */
export function errorAnswer(error: GoogleError, email: string | null = null, units = 0): NotedAnswer {
	const answer = jsonAnswer(error.status, error.body(), error.detail.headers);
	return { ...answer, note: { email, reason: error.reason, units } };
}

/** One side of the sandbox: it answers what it knows; null: the path is none of its. */
export type Side = (world: World, request: WebRequest) => NotedAnswer | null | Promise<NotedAnswer | null>;
