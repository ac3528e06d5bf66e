import type { ApiKey } from "@kalends/client";
import { useLingui } from "@lingui/react/macro";

export type Scope = ApiKey["scopes"][number];

/** What the scopes of keys are called, and what they allow. */
export function useScopeWords(): Readonly<Record<Scope, { readonly label: string; readonly allows: string }>> {
	const { t } = useLingui();
	return {
		read: { label: t`Read`, allows: t`connections, calendars, events and all else of yours` },
		write: { label: t`Write`, allows: t`connect, change and delete` },
		admin: { label: t`Admin`, allows: t`people of this server, and act for them` },
	};
}
