import { Trans, useLingui } from "@lingui/react/macro";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CircleCheck, CircleDashed } from "lucide-react";
import type { ReactNode } from "react";
import { kalends } from "../../api/kalends.ts";
import { connectionsQuery } from "../../api/queries.ts";
import { usePageTitle } from "../../app/page.tsx";
import { buttonClass } from "../../ui/button.tsx";
import { CopyLine } from "../../ui/copy-button.tsx";
import { ErrorState, Loading, Notice, Skeleton } from "../../ui/states.tsx";
import { Steady } from "../../ui/steady.tsx";
import { GoogleStep } from "./google-step.tsx";

export const setupQuery = queryOptions({
	queryKey: ["setup"],
	queryFn: ({ signal }) => kalends.admin.setup({ signal }),
});

/** What is set up and what is not, to come back to at any time; each step can be left for later. */
export function Checklist({ isAdmin }: { readonly isAdmin: boolean }) {
	const { t } = useLingui();
	usePageTitle(t`Set up Kalends`);
	const setup = useQuery({ ...setupQuery, enabled: isAdmin });
	const connections = useQuery(connectionsQuery);
	return (
		<main className="mx-auto grid w-full max-w-3xl gap-6 px-4 py-8 sm:py-12">
			<div className="grid gap-2">
				<h1 className="text-2xl font-semibold">
					<Trans>Set up Kalends</Trans>
				</h1>
				<p className="text-muted">
					<Trans>Every step can wait: come back to this page whenever you like.</Trans>
				</p>
			</div>
			<Steady waiting={setup.isLoading || connections.isLoading}>
				<ol className="grid grid-cols-[minmax(0,1fr)] gap-4">
					<Step done title={t`Your account`}>
						<Trans>You are signed in.</Trans>
					</Step>
					<Step done={(connections.data?.length ?? 0) > 0} title={t`Your first calendar`}>
						<p>
							{setup.data?.google.configured === true ? (
								<Trans>Google, Apple iCloud, CalDAV and ICS feeds, as many as you like.</Trans>
							) : (
								<Trans>
									Apple iCloud, CalDAV and ICS feeds can be connected at once; Google once it is set up below.
								</Trans>
							)}
						</p>
						<Link to="/settings/calendars" className={buttonClass("primary", "justify-self-start")}>
							<Trans>Connect a calendar</Trans>
						</Link>
					</Step>
					{setup.isLoadingError ? (
						<ErrorState
							title={t`What is set up could not be loaded.`}
							error={setup.error}
							onRetry={() => void setup.refetch()}
						/>
					) : null}
					{setup.isLoading ? (
						<Loading>
							<Skeleton className="h-40" />
							<Skeleton className="h-40" />
						</Loading>
					) : null}
					{setup.data === undefined ? null : (
						<>
							<PublicAddress address={setup.data.public_url} />
							<GoogleStep google={setup.data.google} isReachable={setup.data.public_url.sign_in_possible} />
							<Step done={setup.data.mail.configured} title={t`Mail`}>
								{setup.data.mail.configured ? (
									<p>
										<Trans>Mails are sent from {setup.data.mail.from}.</Trans>
									</p>
								) : (
									<>
										<p>
											<Trans>
												With a mail server Kalends sends reminders and tells you when a calendar needs you. Set this
												where Kalends is started, then start it anew:
											</Trans>
										</p>
										<CopyLine text="SMTP_URL=smtps://user:password@mail.example.com" label={t`Copy the line`} />
										<CopyLine text="MAIL_FROM=Kalends <calendar@example.com>" label={t`Copy the line`} />
									</>
								)}
							</Step>
						</>
					)}
				</ol>
				<div>
					<Link to="/" className={buttonClass("secondary")}>
						<Trans>Go to the dashboard</Trans>
					</Link>
				</div>
			</Steady>
		</main>
	);
}

interface PublicUrl {
	readonly url: string;
	readonly https: boolean;
	readonly sign_in_possible: boolean;
	readonly fix: string | null;
}

function PublicAddress({ address }: { readonly address: PublicUrl }) {
	const { t } = useLingui();
	const here = location.origin;
	const differs = here !== address.url;
	return (
		<Step done={address.sign_in_possible && !differs} title={t`Public address`}>
			<p>
				<Trans>Kalends believes that browsers reach it at this address:</Trans>
			</p>
			<CopyLine text={address.url} label={t`Copy the address`} />
			{differs ? (
				<Notice tone="warn">
					<Trans>
						You have opened it at <code>{here}</code> instead. If that is the address to use, set{" "}
						<code>KALENDS_URL={here}</code> and start Kalends anew: providers send people back to the address above.
					</Trans>
				</Notice>
			) : null}
			{address.fix === null ? null : <p>{address.fix}</p>}
			{address.https ? null : (
				<p className="text-muted">
					<Trans>Without https, providers cannot push changes: calendars are asked regularly instead.</Trans>
				</p>
			)}
		</Step>
	);
}

export function Step({
	done,
	title,
	children,
}: {
	readonly done: boolean;
	readonly title: string;
	readonly children: ReactNode;
}) {
	const { t } = useLingui();
	const Icon = done ? CircleCheck : CircleDashed;
	return (
		<li className="card grid grid-cols-[minmax(0,1fr)] gap-3 p-5">
			<h2 className="flex items-center gap-2.5 font-semibold">
				<Icon aria-hidden="true" className={`size-5 shrink-0 ${done ? "text-ok" : "text-muted"}`} />
				{title}
				<span className="sr-only">{done ? t`done` : t`to do`}</span>
			</h2>
			<div className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-3 text-sm">{children}</div>
		</li>
	);
}
