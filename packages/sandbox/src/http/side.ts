import type { World } from "../world/world.ts";
import type { WebAnswer, WebRequest } from "./web.ts";

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

/** One side of the sandbox: it answers what it knows; null: the path is none of its. */
export type Side = (world: World, request: WebRequest) => NotedAnswer | null | Promise<NotedAnswer | null>;
