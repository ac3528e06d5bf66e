import { randomBytes } from "node:crypto";
import { Webhook } from "standardwebhooks";
import type { Services } from "../services.ts";
import { webhookSecrets } from "../vault/place.ts";

/** Secrets of endpoints, and the signatures made with them (Standard Webhooks 1.0). */

interface StoredSecrets {
	readonly current: string;
	/** Signs too while receivers change over. */
	readonly previous: string | null;
}

interface Sealed {
	readonly user_id: string;
	readonly id: string;
	readonly secrets: Buffer;
}

/** Both signatures are sent for so long after a rotation. */
export const ROTATION_MS = 24 * 3_600_000;
const SECRET_BYTES = 32;

/** `whsec_` and 32 random bytes in base64. */
export function newSecret(): string {
	return `whsec_${randomBytes(SECRET_BYTES).toString("base64")}`;
}

export function sealSecrets(
	{ vault }: Pick<Services, "vault">,
	{ userId, id }: { readonly userId: string; readonly id: string },
	secrets: StoredSecrets,
): Buffer {
	return vault.seal(JSON.stringify(secrets), webhookSecrets(userId, id));
}

export function openSecrets({ vault }: Pick<Services, "vault">, { user_id, id, secrets }: Sealed): StoredSecrets {
	return JSON.parse(vault.open(secrets, webhookSecrets(user_id, id)).reveal()) as StoredSecrets;
}

/** The secrets that sign now: the current one, and while rotating the one before. */
export function signingSecrets(
	services: Pick<Services, "vault" | "now">,
	endpoint: Sealed & { readonly previous_secret_until: Date | null },
): readonly string[] {
	const { current, previous } = openSecrets(services, endpoint);
	const rotating = endpoint.previous_secret_until !== null && endpoint.previous_secret_until.getTime() > services.now();
	return rotating && previous !== null ? [current, previous] : [current];
}

export interface SignedMessage {
	readonly messageId: string;
	/** Epoch milliseconds, of this attempt. */
	readonly at: number;
	readonly body: string;
}

/** The three headers of Standard Webhooks; one signature for each secret. */
export function signatureHeaders(
	secrets: readonly string[],
	{ messageId, at, body }: SignedMessage,
): Record<"webhook-id" | "webhook-timestamp" | "webhook-signature", string> {
	const signatures = secrets.map((secret) => new Webhook(secret).sign(messageId, new Date(at), body));
	return {
		"webhook-id": messageId,
		"webhook-timestamp": String(Math.floor(at / 1000)),
		"webhook-signature": signatures.join(" "),
	};
}
