import { jsonAnswer, type WebAnswer } from "../http/web.ts";
import type { JsonObject } from "../json.ts";

/** An error answer of the token, revocation and tokeninfo endpoints (RFC 6749 §5.2), in Google's words. */
export function oauthError(status: number, error: string, description: string, more: JsonObject = {}): WebAnswer {
	const headers = status === 401 ? { "www-authenticate": 'Basic realm="https://accounts.google.com/"' } : {};
	return jsonAnswer(status, { error, error_description: description, ...more }, headers);
}
