import { Trans, useLingui } from "@lingui/react/macro";
import { type ErrorComponentProps, Link } from "@tanstack/react-router";
import { buttonClass } from "../ui/button.tsx";
import { Empty, ErrorState, Loading, Skeleton } from "../ui/states.tsx";

export function LoadingPage() {
	return (
		<div className="p-4 sm:p-6">
			<Loading>
				<Skeleton className="h-8 w-56" />
				<Skeleton className="h-24" />
				<Skeleton className="h-24" />
			</Loading>
		</div>
	);
}

export function NotFoundPage() {
	return (
		<main>
			<Empty
				title={<Trans>There is no page at this address</Trans>}
				action={
					<Link to="/" className={buttonClass("primary")}>
						<Trans>Go to the dashboard</Trans>
					</Link>
				}
			>
				<Trans>It may have been moved, or the address has a typing mistake.</Trans>
			</Empty>
		</main>
	);
}

/** A page that could not be loaded or shown. */
export function CrashPage({ error, reset }: ErrorComponentProps) {
	const { t } = useLingui();
	return (
		<div className="mx-auto w-full max-w-2xl p-4 sm:p-6">
			<ErrorState
				title={t`This page could not be shown.`}
				error={error}
				onRetry={() => {
					reset();
					// After an update the server has the pages under other names.
					location.reload();
				}}
			/>
		</div>
	);
}
