import { ProviderFailure, type ProviderFailureKind, type ProviderFailureReason } from "../port/failure.ts";
import { TransportError, type TransportErrorCode } from "../port/http.ts";

type Meaning = readonly [kind: ProviderFailureKind, reason: ProviderFailureReason, sentence: string];

const MEANINGS: Readonly<Record<TransportErrorCode, Meaning>> = {
	address_blocked: [
		"invalid",
		"address_blocked",
		"is a private address; an operator can allow it in KALENDS_ALLOWED_PRIVATE_HOSTS",
	],
	plain_http_refused: [
		"invalid",
		"address_blocked",
		"would be reached without encryption; use https, or let an operator allow it in KALENDS_ALLOWED_PRIVATE_HOSTS",
	],
	redirect_blocked: [
		"invalid",
		"address_blocked",
		"redirects to an address without encryption or in a private network, where it is not followed",
	],
	address_not_found: ["unavailable", "address_not_found", "does not exist in DNS; check the address"],
	connection_refused: ["unavailable", "connection_refused", "refused the connection; check the address and the port"],
	connection_lost: ["unavailable", "connection_lost", "closed the connection before its answer was complete"],
	tls_failure: [
		"unavailable",
		"tls_failure",
		"could not be reached securely: its TLS certificate is not valid for this address, or it does not speak TLS",
	],
	timeout: ["unavailable", "timeout", "did not answer in time"],
	too_large: ["unavailable", "too_large", "sent more than is accepted"],
	too_many_redirects: ["invalid", "too_many_redirects", "redirected too many times"],
	aborted: ["unavailable", "connection_lost", "was no longer waited for"],
	malformed_answer: ["unavailable", "malformed_answer", "did not answer with valid HTTP"],
};

/** Judges what the transport threw; other errors pass through unchanged. The message names the host alone. */
export function transportFailure(error: unknown, host: string): unknown {
	if (!(error instanceof TransportError)) return error;
	const [kind, reason, sentence] = MEANINGS[error.code];
	return new ProviderFailure(kind, { reason, message: `${host} ${sentence}`, cause: error });
}
