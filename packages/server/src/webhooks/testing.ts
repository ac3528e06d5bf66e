import type { FastifyInstance } from "fastify";
import { Webhook } from "standardwebhooks";
import { createEgress } from "../egress/egress.ts";
import { buildApp } from "../http/app.ts";
import { createTestPerson, type TestPerson, type TestPersonOptions } from "../testing/people.ts";
import { type Received, type Receiver, startReceiver } from "../testing/receiver.ts";
import { createTestServices, type TestServices } from "../testing/services.ts";
import { deliverBatch } from "./deliver.ts";
import { webhooksDue } from "./directory.ts";
import { webhookEndpoints } from "./endpoints.ts";
import { fanOut } from "./fan-out.ts";

/** Checks a message with the official library, by the clock that signed it. */
export function verified(secret: string, { headers, body }: Received): unknown {
	const webhook = new Webhook(secret);
	const at = new Date(Number(headers["webhook-timestamp"]) * 1000);
	const expected = webhook.sign(headers["webhook-id"] ?? "", at, body);
	if (!headers["webhook-signature"]?.split(" ").includes(expected)) throw new Error("no signature is of this secret");
	return JSON.parse(body);
}

export interface WebhookFixture extends TestServices {
	readonly app: FastifyInstance;
	readonly receiver: Receiver;
	readonly person: TestPerson;
	newPerson(options?: TestPersonOptions): Promise<TestPerson>;
	call(
		method: "GET" | "POST" | "PATCH" | "DELETE",
		url: string,
		body?: unknown,
		person?: TestPerson,
	): Promise<{ readonly status: number; readonly body: Record<string, unknown> & { data: Record<string, unknown>[] } }>;
	/** Makes an endpoint at the receiver. */
	subscribe(fields?: object, person?: TestPerson): Promise<{ readonly id: string; readonly secret: string }>;
	/** Makes deliveries of what has happened and sends what is due, until nothing is. */
	dispatch(about?: TestPerson): Promise<void>;
	deliveries(id: string, query?: string): Promise<Record<string, unknown>[]>;
}

/** A server's webhooks without the dispatcher, whose steps tests do themselves, and a real receiver. */
export async function createWebhookFixture(): Promise<WebhookFixture> {
	const http = createEgress({ allowedPrivateHosts: ["127.0.0.1"] });
	const made = await createTestServices({ http }, { env: { KALENDS_ALLOWED_PRIVATE_HOSTS: "127.0.0.1" } });
	const { services } = made;
	const app = await buildApp(services, webhookEndpoints, { verifyResponses: true });
	const receiver = await startReceiver();
	const person = await createTestPerson(services);
	const { signal } = new AbortController();
	const call: WebhookFixture["call"] = async (method, url, body, asked = person) => {
		const payload = body === undefined ? {} : { payload: body as object };
		const answer = await app.inject({ method, url, headers: asked.headers, ...payload });
		return { status: answer.statusCode, body: answer.body === "" ? { data: [] } : answer.json() };
	};
	return {
		...made,
		app,
		receiver,
		person,
		newPerson: (options) => createTestPerson(services, options),
		call,
		subscribe: async (fields = {}, asked = person) => {
			const { status, body } = await call("POST", "/v1/webhooks", { url: receiver.url, ...fields }, asked);
			if (status !== 201) throw new Error(JSON.stringify(body));
			return { id: String(body.id), secret: String(body.secret) };
		},
		dispatch: async (about = person) => {
			while ((await fanOut(services, about.userId)).more);
			for (;;) {
				const due = await webhooksDue(services.db, services.now());
				if (due.length === 0) return;
				for (const key of due) while (!(await deliverBatch(services, key, signal)).done);
			}
		},
		deliveries: async (id, query = "") => (await call("GET", `/v1/webhooks/${id}/deliveries${query}`)).body.data,
		close: async () => {
			await app.close();
			await receiver.close();
			await http.close();
			await made.close();
		},
	};
}
