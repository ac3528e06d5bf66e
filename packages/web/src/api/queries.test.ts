import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { sessionQuery } from "./queries.ts";
import { sessionEnded } from "./server.ts";

const SESSION = { session: { id: "ses_1" }, user: { id: "usr_1", email: "ada@example.com" }, last_seq: 1 };

let answers: unknown[];
beforeEach(() => {
	sessionEnded.set(false);
	answers = [];
	vi.stubGlobal("location", new URL("https://kalends.example/calendar"));
	vi.stubGlobal("fetch", async () => Response.json(answers.shift()));
});
afterEach(() => {
	vi.unstubAllGlobals();
});

test("nobody is signed in, which is no session that has ended", async () => {
	answers = [null];
	expect(await new QueryClient().fetchQuery(sessionQuery)).toBeNull();
	expect(sessionEnded.get()).toBe(false);
});

test("whose page it is stays known where the session has ended meanwhile, which is said", async () => {
	answers = [SESSION, null];
	const client = new QueryClient();
	const read = () => client.fetchQuery({ ...sessionQuery, staleTime: 0 });
	expect(await read()).toEqual(SESSION);
	expect(sessionEnded.get()).toBe(false);
	expect(await read()).toEqual(SESSION);
	expect(client.getQueryData(sessionQuery.queryKey)).toEqual(SESSION);
	expect(sessionEnded.get()).toBe(true);
});
