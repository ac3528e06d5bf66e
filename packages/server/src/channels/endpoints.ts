import type { ProviderId } from "@kalends/providers";
import { providerOf } from "../connections/discover.ts";
import { type Endpoint, endpoint } from "../http/endpoint.ts";
import { notFound } from "../http/problem.ts";
import { OFFERED } from "../oauth/registry.ts";
import { receiveMessage } from "./receive.ts";

function pushEndpoint(provider: ProviderId): Endpoint {
	return endpoint({
		method: "POST",
		path: `/push/${provider}`,
		operationId: `push_${provider}`,
		summary: "A provider tells that something has changed",
		description:
			"For the provider, which sends the secret of its channel along. Nothing that it says is believed but that.",
		tag: "operation",
		access: { kind: "public" },
		responses: { 204: null },
		async handle({ services, headers }) {
			const header = (name: string) => {
				const value = headers[name];
				return Array.isArray(value) ? value.join(", ") : value;
			};
			const message = providerOf(services, provider).push?.readMessage(header) ?? null;
			if (message === null) throw notFound("push channel");
			await receiveMessage(services, provider, message);
			return { status: 204 };
		},
	}) as Endpoint;
}

export const channelEndpoints: readonly Endpoint[] = OFFERED.map(pushEndpoint);
