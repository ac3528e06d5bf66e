import type { EnvironmentReader } from "./config-environment.ts";
import { WrongValue } from "./config-values.ts";
import { Secret } from "./vault/secret.ts";

/** What payments are checked with; null where a way in is closed. */
export interface PaymentsConfig {
	/** Of the Stripe account's key: payments of the other mode are refused. Null: no key is set. */
	readonly stripeMode: "test" | "live" | null;
	/** Of the endpoint at Stripe (`whsec_…`). */
	readonly stripeWebhookSecret: Secret | null;
	/** `whsec_` and base64 of 24 to 64 bytes (Standard Webhooks). */
	readonly paymentsWebhookSecret: Secret | null;
}

/** Standard Webhooks asks for 24 to 64; some systems give out slightly less. */
const SECRET_BYTES = { least: 16, most: 64 };

export function paymentsConfig(env: EnvironmentReader): PaymentsConfig {
	return {
		stripeMode: env.parsed("STRIPE_SECRET_KEY", stripeMode),
		stripeWebhookSecret: env.parsed("STRIPE_WEBHOOK_SECRET", stripeSecret),
		paymentsWebhookSecret: env.parsed("PAYMENTS_WEBHOOK_SECRET", standardSecret),
	};
}

function stripeMode(text: string): "test" | "live" {
	const mode = /^[sr]k_(test|live)_\w+$/.exec(text)?.[1];
	if (mode === "test" || mode === "live") return mode;
	throw new WrongValue("is no secret key of Stripe's", "Set one that begins sk_test_, sk_live_, rk_test_ or rk_live_.");
}

function stripeSecret(text: string): Secret {
	if (/^whsec_\S{8,}$/.test(text)) return new Secret(text);
	throw new WrongValue(
		"is no signing secret",
		"Set the one that Stripe shows for the endpoint, or that `stripe listen` prints; it begins whsec_.",
	);
}

function standardSecret(text: string): Secret {
	const encoded = text.replace(/^whsec_/, "");
	const bytes = Buffer.from(encoded, "base64");
	const whole = bytes.toString("base64").replace(/=+$/, "") === encoded.replace(/=+$/, "");
	if (whole && bytes.length >= SECRET_BYTES.least && bytes.length <= SECRET_BYTES.most) {
		return new Secret(`whsec_${encoded}`);
	}
	throw new WrongValue(
		"is no secret of Standard Webhooks",
		"Set whsec_ and 24 to 64 random bytes in base64, for example whsec_$(openssl rand -base64 32).",
	);
}
