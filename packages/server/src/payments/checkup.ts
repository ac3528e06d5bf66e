import type { Config } from "../config.ts";
import { CheckFailure } from "../oauth/check-failure.ts";

/**
 * Can those payments come in that the operator has set up? What is wrong with a secret itself, reading the configuration
 * tells.
 * @returns what is on, and where messages go
 * @throws CheckFailure
 */
export function checkPayments({ payments, url }: Pick<Config, "payments" | "url">): string {
	const { stripeMode, stripeWebhookSecret, paymentsWebhookSecret } = payments;
	const at = (path: string) => `${url.origin}/webhooks/${path}`;
	if (stripeMode !== null && stripeWebhookSecret === null) {
		throw new CheckFailure(
			"stripe_webhook_secret_missing",
			`STRIPE_SECRET_KEY is set, but STRIPE_WEBHOOK_SECRET is not, so messages of Stripe are refused. Set the signing secret ` +
				`that Stripe shows for the endpoint ${at("stripe")}, or remove STRIPE_SECRET_KEY.`,
		);
	}
	const mode = stripeMode === null ? "any mode, as STRIPE_SECRET_KEY is not set" : `${stripeMode} mode only`;
	const stripe =
		stripeWebhookSecret === null
			? "Stripe is off, as STRIPE_WEBHOOK_SECRET is not set"
			: `Stripe sends to ${at("stripe")} (${mode})`;
	const others =
		paymentsWebhookSecret === null
			? "other systems are off, as PAYMENTS_WEBHOOK_SECRET is not set"
			: `other systems send to ${at("payments")}`;
	return `${stripe}; ${others}`;
}
