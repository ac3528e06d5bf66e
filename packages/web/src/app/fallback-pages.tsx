import { Trans } from "@lingui/react/macro";
import { type ErrorComponentProps, Link } from "@tanstack/react-router";
import { Button, buttonClass } from "../ui/button.tsx";
import { Loading, Skeleton } from "../ui/skeleton.tsx";

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
		<main className="grid justify-items-center gap-3 px-6 py-16 text-center">
			<h1 className="text-lg font-semibold">
				<Trans>There is no page at this address</Trans>
			</h1>
			<p className="text-muted">
				<Trans>It may have been moved, or the address has a typing mistake.</Trans>
			</p>
			<Link to="/" className={buttonClass("primary")}>
				<Trans>Go to the dashboard</Trans>
			</Link>
		</main>
	);
}

/** A page that could not be loaded or shown. It needs nothing that would have to be loaded first. */
export function CrashPage({ error, reset }: ErrorComponentProps) {
	const retry = () => {
		reset();
		// After an update the server has the pages under other names.
		location.reload();
	};
	return (
		<div role="alert" className="card m-4 grid justify-items-start gap-2 p-4 sm:m-6">
			<h1 className="font-semibold text-danger">
				<Trans>This page could not be shown.</Trans>
			</h1>
			<p>{error instanceof Error ? error.message : String(error)}</p>
			<Button onClick={retry}>
				<Trans>Try again</Trans>
			</Button>
		</div>
	);
}
