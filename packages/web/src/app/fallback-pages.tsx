import { Trans } from "@lingui/react/macro";
import type { ErrorComponentProps } from "@tanstack/react-router";
import { useState } from "react";
import { Button } from "../ui/button.tsx";
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

/** A page that could not be loaded or shown. It needs nothing that would have to be loaded first. */
export function CrashPage({ error }: ErrorComponentProps) {
	const [away, setAway] = useState(!navigator.onLine);
	// After an update the server has the pages under other names; without it, loading anew would leave the app.
	const retry = () => {
		fetch("/healthz", { cache: "no-store" }).then(
			() => location.reload(),
			() => setAway(true),
		);
	};
	return (
		<div role="alert" className="card m-4 grid justify-items-start gap-2 p-4 sm:m-6">
			<h1 className="font-semibold text-danger">
				<Trans>This page could not be shown.</Trans>
			</h1>
			<p>{away ? <Trans>Kalends cannot be reached.</Trans> : error instanceof Error ? error.message : String(error)}</p>
			<Button onClick={retry}>
				<Trans>Try again</Trans>
			</Button>
		</div>
	);
}
