import { randomUUID } from "node:crypto";
import type { Client } from "./client.ts";
import { until } from "./until.ts";

/**
 * Asks until Kalends answers, however often it is killed meanwhile; a POST with the same `Idempotency-Key`, so that what was
 * done is not done twice.
 * @param kalends asked for each time, as a test may start it again
 * @returns null for 404, and for a deletion that an edit of the other side has beaten
 */
export async function persist<T>(
	kalends: () => Client,
	method: string,
	path: string,
	body?: unknown,
): Promise<T | null> {
	const headers = method === "POST" ? { "idempotency-key": randomUUID() } : {};
	return await until(`${method} ${path} to be answered`, async () => {
		const answer = await kalends()
			.fetch(method, path, body, headers)
			.catch(() => null);
		if (answer === null) return false;
		const text = await answer.text().catch(() => null);
		const again = text === null || answer.status >= 500 || answer.status === 429;
		const inProgress = answer.status === 409 && (text ?? "").includes("request_in_progress");
		if (again || inProgress) return false;
		if (answer.status === 404 && method !== "POST") return { value: null };
		// An edit of the other side that came first wins over a deletion; `faults` asks the history for it.
		const stays = answer.status === 409 && (text ?? "").includes("so it stays");
		if (method === "DELETE" && stays) return { value: null };
		if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
		return { value: text === "" ? null : (JSON.parse(text) as T) };
	}).then(({ value }) => value);
}
