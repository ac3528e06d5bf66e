import { TransportError, type TransportErrorCode } from "@kalends/providers";

const SENTENCES: Readonly<Record<TransportErrorCode, string>> = {
	address_blocked: "the address is not allowed",
	plain_http_refused: "plain http is not allowed",
	redirect_blocked: "it redirects to what may not be reached",
	address_not_found: "the name was not found",
	connection_refused: "no connection could be made",
	connection_lost: "the connection was lost",
	tls_failure: "no secure connection could be made",
	timeout: "it took too long",
	too_large: "the answer is too large",
	too_many_redirects: "it redirects too often",
	aborted: "the request was cancelled",
	malformed_answer: "the answer is not valid HTTP",
};

const BY_CODE: ReadonlyMap<string, TransportErrorCode> = new Map([
	["ENOTFOUND", "address_not_found"],
	["EAI_AGAIN", "address_not_found"],
	["EAI_NODATA", "address_not_found"],
	["EAI_NONAME", "address_not_found"],
	["EAI_FAIL", "address_not_found"],
	["ECONNREFUSED", "connection_refused"],
	["EHOSTUNREACH", "connection_refused"],
	["EHOSTDOWN", "connection_refused"],
	["ENETUNREACH", "connection_refused"],
	["ENETDOWN", "connection_refused"],
	["EADDRNOTAVAIL", "connection_refused"],
	["EACCES", "connection_refused"],
	["EPERM", "connection_refused"],
	["ETIMEDOUT", "timeout"],
	["UND_ERR_CONNECT_TIMEOUT", "timeout"],
	["UND_ERR_HEADERS_TIMEOUT", "timeout"],
	["UND_ERR_BODY_TIMEOUT", "timeout"],
	["UND_ERR_HEADERS_OVERFLOW", "malformed_answer"],
	["UND_ERR_RES_CONTENT_LENGTH_MISMATCH", "malformed_answer"],
	["UND_ERR_DESTROYED", "aborted"],
	["UND_ERR_CLOSED", "aborted"],
	// The stream ended inside a body of known length or a chunk.
	["HPE_INVALID_EOF_STATE", "connection_lost"],
	["EPROTO", "tls_failure"],
	["HOSTNAME_MISMATCH", "tls_failure"],
	["INVALID_CA", "tls_failure"],
	["INVALID_PURPOSE", "tls_failure"],
	["PATH_LENGTH_EXCEEDED", "tls_failure"],
] as const);

/** Families of codes: OpenSSL's certificate verdicts (X509_V_ERR_…), TLS, the HTTP parser, zlib and brotli. */
const BY_PATTERN: readonly (readonly [RegExp, TransportErrorCode])[] = [
	[/^ERR_(TLS|SSL)_|CERT|CRL_|ISSUER_|SIGNATURE|UNABLE_TO_/, "tls_failure"],
	[/^HPE_/, "malformed_answer"],
	[/^Z_|^ERR_?_ERROR_|BROTLI|^ERR_PADDING|^ERR__/, "malformed_answer"],
];

/**
 * What a failure of sockets, TLS, HTTP or decompression means. The message names the host and the machine's code,
 * nothing else: causes of the HTTP library may hold the path or what the server sent, so none is attached.
 * @param host host and port of the request
 */
export function transportError(error: unknown, host: string): TransportError {
	if (error instanceof TransportError) return error;
	const code = machineCode(error);
	const kind = classify(error, code);
	return new TransportError(kind, `${host}: ${SENTENCES[kind]}${code === "" ? "" : ` (${code})`}.`);
}

function classify(error: unknown, code: string): TransportErrorCode {
	if (code === "ECONNRESET" && error instanceof Error && error.message.includes("before secure TLS")) {
		return "tls_failure";
	}
	// The parser's errors have no code of their own.
	if (error instanceof Error && error.name === "HTTPParserError" && code === "") return "malformed_answer";
	const known = BY_CODE.get(code) ?? BY_PATTERN.find(([pattern]) => pattern.test(code))?.[1];
	return known ?? "connection_lost";
}

function machineCode(error: unknown): string {
	// Several addresses were tried (RFC 8305): the first one's failure tells most.
	const [first] = error instanceof AggregateError ? error.errors : [error];
	const code = first instanceof Error && "code" in first ? String(first.code) : "";
	return /^[A-Z0-9_]+$/.test(code) ? code : "";
}
