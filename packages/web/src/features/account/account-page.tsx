import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { meQuery } from "../../api/queries.ts";
import { Page } from "../../app/page.tsx";
import { ErrorState, Loading, Skeleton } from "../../ui/states.tsx";
import { Appearance } from "./appearance.tsx";
import { DeleteAccount } from "./delete-account.tsx";
import { ExportData } from "./export-data.tsx";
import { Password } from "./password.tsx";
import { Profile } from "./profile.tsx";
import { Sessions } from "./sessions.tsx";
import { SignOut } from "./sign-out.tsx";
import { TimesAndDates } from "./times-and-dates.tsx";

/** Who one is here, how one wants the app, where one is signed in, and one's data. */
export function AccountPage() {
	const { t } = useLingui();
	const me = useQuery(meQuery);
	if (me.isPending) {
		return (
			<Page title={t`Account`}>
				<Loading>
					<Skeleton className="h-32" />
					<Skeleton className="h-32" />
				</Loading>
			</Page>
		);
	}
	if (me.isError && me.data === undefined) {
		return (
			<Page title={t`Account`}>
				<ErrorState title={t`Your account could not be loaded.`} error={me.error} onRetry={() => void me.refetch()} />
			</Page>
		);
	}
	const own = me.data;
	return (
		<Page title={t`Account`} actions={<SignOut />}>
			<Section id="you" title={<Trans>You</Trans>}>
				<Profile me={own} />
			</Section>
			<Section id="times" title={<Trans>Times and dates</Trans>}>
				<TimesAndDates me={own} />
			</Section>
			<Section id="appearance" title={<Trans>Appearance and keyboard</Trans>}>
				<Appearance me={own} />
			</Section>
			{own.has_password ? (
				<Section id="password" title={<Trans>Password</Trans>}>
					<Password />
				</Section>
			) : null}
			<Section id="sessions" title={<Trans>Where you are signed in</Trans>}>
				<Sessions />
			</Section>
			<Section id="data" title={<Trans>Your data</Trans>}>
				<ExportData />
				<DeleteAccount me={own} />
			</Section>
		</Page>
	);
}

function Section({
	id,
	title,
	children,
}: {
	readonly id: string;
	readonly title: ReactNode;
	readonly children: ReactNode;
}) {
	return (
		<section aria-labelledby={id} className="card grid gap-4 p-4 sm:grid-cols-[14rem_1fr] sm:gap-6 sm:p-6">
			<h2 id={id} className="text-lg font-semibold">
				{title}
			</h2>
			<div className="grid min-w-0 max-w-xl gap-4">{children}</div>
		</section>
	);
}
