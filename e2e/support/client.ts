/** Requests to a server with one key. */
export interface Client {
	/** A JSON request; throws on answers that are not 2xx. */
	request<T = unknown>(method: string, path: string, body?: unknown): Promise<T>;
	/** The answer as it is. */
	fetch(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Response>;
}

export function clientOf(url: string, key: string, headers: Readonly<Record<string, string>> = {}): Client {
	const ask: Client["fetch"] = (method, path, body, more = {}) =>
		fetch(url + path, {
			method,
			headers: {
				authorization: `Bearer ${key}`,
				...headers,
				...more,
				...(body === undefined ? {} : { "content-type": "application/json" }),
			},
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		});
	return {
		fetch: ask,
		async request<T>(method: string, path: string, body?: unknown): Promise<T> {
			const answer = await ask(method, path, body);
			const text = await answer.text();
			if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
			return (text === "" ? null : JSON.parse(text)) as T;
		},
	};
}
