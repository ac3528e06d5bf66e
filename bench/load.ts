import { Agent, request } from "node:http";

/** What a load of identical GET requests over kept-alive connections measured. */
export interface LoadResult {
	/** Requests a second. */
	readonly rate: number;
	/** Milliseconds from sending to the end of the answer. */
	readonly latencies: readonly number[];
}

/** Bounded by `seconds` or `until`; throws on any answer but 200. */
export async function load(
	url: string,
	options: {
		readonly headers?: Readonly<Record<string, string>>;
		readonly connections: number;
		readonly seconds: number;
		readonly until?: () => boolean;
	},
): Promise<LoadResult> {
	const agent = new Agent({ keepAlive: true, maxSockets: options.connections });
	const latencies: number[] = [];
	const began = performance.now();
	const end = began + options.seconds * 1000;
	const once = () =>
		new Promise<void>((resolve, reject) => {
			const sent = performance.now();
			const outgoing = request(url, { agent, headers: options.headers ?? {} }, (answer) => {
				answer.resume();
				answer.once("end", () => {
					latencies.push(performance.now() - sent);
					if (answer.statusCode === 200) resolve();
					else reject(new Error(`${url} answered ${answer.statusCode}`));
				});
			});
			outgoing.once("error", reject);
			outgoing.end();
		});
	await Promise.all(
		Array.from({ length: options.connections }, async () => {
			while (performance.now() < end && options.until?.() !== true) await once();
		}),
	);
	agent.destroy();
	return { rate: latencies.length / ((performance.now() - began) / 1000), latencies };
}
