import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { instanceQuery, sessionQuery } from "../../api/queries.ts";
import { Button } from "../../ui/button.tsx";
import { Notice } from "../../ui/states.tsx";
import { Failed } from "../session/failed.tsx";
import { authorizeGoogle } from "./authorize.ts";
import { ConnectDialog, type FormProvider } from "./connect-dialog.tsx";
import { PROVIDER_NAMES } from "./provider-names.ts";

/** A card for each kind of account that can be connected; what cannot says what is missing. */
export function ProviderCards() {
	const { t } = useLingui();
	const [connecting, setConnecting] = useState<FormProvider | null>(null);
	return (
		<div className="grid gap-4 sm:grid-cols-2">
			<GoogleCard />
			<ProviderCard
				name={PROVIDER_NAMES.icloud}
				action={<Button onClick={() => setConnecting("icloud")}>{t`Connect Apple iCloud`}</Button>}
			>
				<Trans>With your Apple Account and an app-specific password, which you make at account.apple.com.</Trans>
			</ProviderCard>
			<ProviderCard
				name={PROVIDER_NAMES.caldav}
				action={<Button onClick={() => setConnecting("caldav")}>{t`Connect CalDAV`}</Button>}
			>
				<Trans>Nextcloud, Fastmail, Radicale, Baïkal, mailbox.org and every other CalDAV server.</Trans>
			</ProviderCard>
			<ProviderCard
				name={t`ICS feed`}
				action={<Button onClick={() => setConnecting("ics")}>{t`Add an ICS feed`}</Button>}
			>
				<Trans>
					A calendar that somebody publishes at an address, such as holidays or a timetable. It can be read only.
				</Trans>
			</ProviderCard>
			{connecting === null ? null : <ConnectDialog provider={connecting} onClose={() => setConnecting(null)} />}
		</div>
	);
}

function GoogleCard() {
	const { t } = useLingui();
	const { data: instance } = useQuery(instanceQuery);
	const { data: session } = useQuery(sessionQuery);
	const authorize = useMutation({ mutationFn: () => authorizeGoogle() });
	const available = instance?.google ?? true;
	return (
		<ProviderCard
			name={PROVIDER_NAMES.google}
			action={
				available ? (
					<Button kind="primary" busy={authorize.isPending || authorize.isSuccess} onClick={() => authorize.mutate()}>
						{t`Connect Google`}
					</Button>
				) : session?.user.role === "admin" ? (
					<Link to="/setup" className="text-sm text-accent underline underline-offset-2">
						<Trans>Set up Google</Trans>
					</Link>
				) : null
			}
		>
			<Trans>Google Calendar and Workspace. You sign in at Google; Kalends never sees your password.</Trans>
			{available ? null : (
				<div className="mt-3">
					<Notice tone="warn">
						<Trans>Not available yet: this server has no Google client. Its administrator can set one up.</Trans>
					</Notice>
				</div>
			)}
			<Failed error={authorize.error} />
		</ProviderCard>
	);
}

function ProviderCard({
	name,
	action,
	children,
}: {
	readonly name: string;
	readonly action: ReactNode;
	readonly children: ReactNode;
}) {
	return (
		<div className="card flex flex-col gap-3 p-5">
			<h3 className="font-semibold">{name}</h3>
			<div className="flex-1 text-sm text-muted">{children}</div>
			<div>{action}</div>
		</div>
	);
}
