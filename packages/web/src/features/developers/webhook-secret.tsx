import { Trans, useLingui } from "@lingui/react/macro";
import { SecretOnce } from "./secret-once.tsx";

export interface WebhookSecretProps {
	readonly secret: string;
	readonly onClose: () => void;
}

/** What a webhook's messages are signed with, shown this once. */
export function WebhookSecret({ secret, onClose }: WebhookSecretProps) {
	const { t } = useLingui();
	return (
		<SecretOnce title={t`The webhook's secret`} secret={secret} label={t`Copy the secret`} onClose={onClose}>
			<Trans>
				Give it to your receiver, to check signatures with: <code>verifyWebhook()</code> of the SDK, or any library for
				Standard Webhooks.
			</Trans>
		</SecretOnce>
	);
}
