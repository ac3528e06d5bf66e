/** A server that answers what it is told, in order, and keeps what it was asked. For tests. */
export interface Asked {
	readonly method: string;
	readonly url: string;
	readonly headers: Headers;
	readonly body: unknown;
}

export type ScriptedAnswer = Response | Error | ((asked: Asked, signal: AbortSignal | undefined) => Promise<Response>);

export function scripted(...answers: ScriptedAnswer[]) {
	const requests: Asked[] = [];
	const waits: number[] = [];
	const fetch = async (url: string, init: RequestInit = {}): Promise<Response> => {
		const asked = {
			method: init.method ?? "GET",
			url,
			headers: new Headers(init.headers),
			body: typeof init.body === "string" ? JSON.parse(init.body) : null,
		};
		requests.push(asked);
		const answer = answers.shift();
		if (answer === undefined) throw new TypeError("the script has no more answers");
		if (answer instanceof Error) throw answer;
		return typeof answer === "function" ? answer(asked, init.signal ?? undefined) : answer;
	};
	const options = {
		url: "https://k.example",
		apiKey: "kal_x",
		fetch,
		random: () => 0.5,
		wait: async (milliseconds: number, signal: AbortSignal | undefined) => {
			signal?.throwIfAborted();
			waits.push(milliseconds);
		},
	};
	return { requests, waits, options };
}

export function problem(
	status: number,
	code: string,
	more: object = {},
	headers: Record<string, string> = {},
): Response {
	const body = {
		type: `urn:kalends:problem:${code}`,
		title: "",
		status,
		code,
		detail: "So it is.",
		request_id: "req_1",
		...more,
	};
	return Response.json(body, { status, headers: { "content-type": "application/problem+json", ...headers } });
}
