import type { HttpTransport } from "@kalends/providers";
import { allowInsecureRequests, customFetch, discovery, type ServerMetadata } from "openid-client";
import type { OAuthSettings } from "../config-oauth.ts";
import type { Services } from "../services.ts";
import { egressFetch } from "./egress-fetch.ts";
import { type AnswerFacts, OAuthFailure, oauthFailure } from "./failure.ts";

export type Endpoint = keyof OAuthSettings["endpoints"];
export type Asking = Pick<Services, "config" | "http" | "log" | "now">;

/** Member of the discovery document (RFC 8414 §2, OpenID Connect Discovery §3). */
const MEMBERS = {
	authorization: "authorization_endpoint",
	token: "token_endpoint",
	revocation: "revocation_endpoint",
	userinfo: "userinfo_endpoint",
} as const satisfies Record<Endpoint, keyof ServerMetadata>;

const KEPT_MS = 3_600_000;

interface Discovered {
	readonly at: number;
	readonly metadata: ServerMetadata;
}

const documents = new WeakMap<HttpTransport, Map<string, Promise<Discovered>>>();

/**
 * The provider's OAuth server: its discovery document, and over it what the operator set. Where the operator named all
 * endpoints that are needed, the document is not asked for.
 * @throws OAuthFailure where the document cannot be had
 */
export async function oauthServer(
	services: Asking,
	settings: OAuthSettings,
	needed: readonly Endpoint[],
): Promise<ServerMetadata> {
	const given = Object.fromEntries(
		Object.entries(MEMBERS).flatMap(([endpoint, member]) => {
			const url = settings.endpoints[endpoint as Endpoint];
			return url === null ? [] : [[member, url.href]];
		}),
	);
	if (needed.every((endpoint) => settings.endpoints[endpoint] !== null)) {
		return { issuer: issuerName(settings.issuer), ...given };
	}
	const { metadata } = await discovered(services, settings.issuer);
	return { ...metadata, ...given };
}

/** Operators may name a server on their own machine by plain http; then they trust it with what it names. */
export function isTrusted(settings: OAuthSettings): boolean {
	return settings.issuer.protocol === "http:";
}

/** Issuers are compared as text (RFC 8414 §2), and are written without a slash at the end. */
export function issuerName(issuer: URL): string {
	return issuer.href.replace(/\/$/, "");
}

/** Kept for an hour; one that is older serves on while no newer one can be had. */
async function discovered(services: Asking, issuer: URL): Promise<Discovered> {
	const known = documents.get(services.http) ?? new Map<string, Promise<Discovered>>();
	documents.set(services.http, known);
	const kept = await known.get(issuer.href)?.catch(() => null);
	if (kept != null && services.now() - kept.at < KEPT_MS) return kept;
	const fetched = fetchDocument(services, issuer).catch((error: unknown) => {
		if (kept != null) return kept;
		known.delete(issuer.href);
		throw error;
	});
	known.set(issuer.href, fetched);
	return fetched;
}

async function fetchDocument(services: Asking, issuer: URL): Promise<Discovered> {
	let facts: AnswerFacts = { host: issuer.host, status: null, retryAfter: undefined };
	const address = new URL(`${issuerName(issuer)}/.well-known/openid-configuration`);
	try {
		const found = await discovery(address, "unused", undefined, undefined, {
			[customFetch]: egressFetch(services.http, {
				trusted: true,
				now: services.now,
				observe: (seen) => {
					facts = seen;
				},
			}),
			// The egress decides what may be reached without TLS.
			execute: [allowInsecureRequests],
		});
		const metadata = found.serverMetadata();
		if (metadata.issuer.replace(/\/$/, "") !== issuerName(issuer)) {
			services.log.warn(
				{ asked: issuerName(issuer), answered: metadata.issuer },
				"an OAuth issuer calls itself otherwise",
			);
		}
		refuseDowngrade(issuer, metadata);
		return { at: services.now(), metadata };
	} catch (error) {
		throw oauthFailure(error, facts);
	}
}

function refuseDowngrade(issuer: URL, metadata: ServerMetadata): void {
	if (issuer.protocol !== "https:") return;
	for (const member of Object.values(MEMBERS)) {
		if (metadata[member]?.startsWith("https:") === false) {
			throw new OAuthFailure("malformed", `${issuer.host} names a ${member} without https`);
		}
	}
}
