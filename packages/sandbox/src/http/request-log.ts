/** A request that the sandbox got, newest last; secrets are not part of it. */
export interface LoggedRequest {
	/** Epoch milliseconds. */
	readonly at: number;
	readonly method: string;
	/** With its query, but for what is secret. */
	readonly path: string;
	readonly email: string | null;
	/** Null: it was not answered. */
	readonly status: number | null;
	/** The reason of an error answer. */
	readonly reason: string | null;
	readonly faults: readonly string[];
	/** Quota units. */
	readonly units: number;
}

export interface RequestLog {
	add(request: LoggedRequest): void;
	list(): readonly LoggedRequest[];
	clear(): void;
	/** Since the last clearing, also of those that are no longer listed. */
	readonly total: number;
}

const KEPT = 5000;

export function createRequestLog(): RequestLog {
	let requests: LoggedRequest[] = [];
	let total = 0;
	return {
		add(request) {
			total += 1;
			requests.push(request);
			if (requests.length >= KEPT * 2) requests = requests.slice(-KEPT);
		},
		list: () => requests.slice(-KEPT),
		clear() {
			requests = [];
			total = 0;
		},
		get total() {
			return total;
		},
	};
}
