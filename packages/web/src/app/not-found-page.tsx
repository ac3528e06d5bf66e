import { Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { buttonClass } from "../ui/button.tsx";

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
