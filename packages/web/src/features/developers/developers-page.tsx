import { Trans, useLingui } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { BookOpen, TicketCheck } from "lucide-react";
import { Page } from "../../app/page.tsx";
import { buttonClass } from "../../ui/button.tsx";
import { Steady } from "../../ui/steady.tsx";
import { ApiKeys } from "./api-keys.tsx";
import { Webhooks } from "./webhooks.tsx";

/** What programs need: keys, webhooks, the reference. */
export function DevelopersPage() {
	const { t } = useLingui();
	return (
		<Page
			title={t`Developers`}
			actions={
				<div className="flex flex-wrap gap-2">
					<Link to="/bookings" className={buttonClass("secondary")}>
						<TicketCheck aria-hidden="true" className="size-4" />
						<Trans>Bookings and payments</Trans>
					</Link>
					<a href="/docs" className={buttonClass("secondary")}>
						<BookOpen aria-hidden="true" className="size-4" />
						<Trans>API reference</Trans>
					</a>
				</div>
			}
		>
			<Steady>
				<ApiKeys />
				<Webhooks />
			</Steady>
		</Page>
	);
}
