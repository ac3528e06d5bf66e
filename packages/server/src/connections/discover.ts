import { createHash } from "node:crypto";
import {
	type CalendarProvider,
	type ConnectInput,
	type Discovered,
	ProviderFailure,
	type ProviderId,
} from "@kalends/providers";
import { Problem } from "../http/errors.ts";
import type { Services } from "../services.ts";
import { connectCode } from "../sync/failure-policy.ts";
import { connectingText } from "./status-text.ts";

/** @throws Problem `invalid_request` where this server does not offer the provider */
export function providerOf(services: Pick<Services, "providers">, id: ProviderId): CalendarProvider {
	const provider = services.providers.get(id);
	if (provider !== undefined) return provider;
	throw new Problem("invalid_request", `This server offers no connections of the kind "${id}".`, {
		fix: `Choose among: ${[...services.providers.keys()].join(", ")}.`,
		errors: [{ field: "provider", detail: "is not offered by this server" }],
	});
}

/**
 * Finds the account that a person means, by real requests; stores nothing.
 * @throws Problem that says what went wrong and what to do
 */
export async function discover(
	services: Services,
	provider: CalendarProvider,
	input: ConnectInput,
	signal: AbortSignal,
): Promise<Discovered> {
	try {
		const { http, now, random } = services;
		return await provider.connect(input, { http, now, random, signal });
	} catch (error) {
		if (!(error instanceof ProviderFailure)) throw error;
		services.metrics.providerFailures.inc({ provider: provider.id, kind: error.kind });
		throw connectProblem(error, provider.id);
	}
}

/** What a failure is for whoever connects at this moment. */
export function connectProblem(failure: ProviderFailure, provider: ProviderId): Problem {
	const { detail, fix } = connectingText(failure.reason, provider);
	return new Problem(connectCode(failure), `${detail} (${failure.message})`, {
		...(fix === null ? {} : { fix }),
		...(failure.retryAfter === undefined ? {} : { retryAfter: failure.retryAfter }),
		cause: failure,
	});
}

/** Tells accounts of one provider apart: a hash, as what it is made of may be secret, or of any length. */
export function identityOf({
	identity,
	account = "",
	credentials = {},
}: Pick<Partial<Discovered>, "identity" | "account" | "credentials">): string {
	const parts = [account, credentials.username ?? "", credentials.url ?? ""];
	return createHash("sha256")
		.update(identity ?? JSON.stringify(parts))
		.digest("hex");
}
