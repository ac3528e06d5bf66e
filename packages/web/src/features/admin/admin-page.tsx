import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ListChecks, ShieldX } from "lucide-react";
import { sessionQuery } from "../../api/queries.ts";
import { Page } from "../../app/page.tsx";
import { buttonClass } from "../../ui/button.tsx";
import { Empty } from "../../ui/states.tsx";
import { Steady } from "../../ui/steady.tsx";
import { AllConnections } from "./all-connections.tsx";
import { MailSwitch } from "./mail-switch.tsx";
import { Users } from "./users.tsx";

/** The server's people, how their accounts do, and mail; nothing of anybody's events. */
export function AdminPage() {
	const { t } = useLingui();
	const { data: session } = useQuery(sessionQuery);
	if (session?.user.role !== "admin") {
		return (
			<Page title={t`Admin`}>
				<div className="card">
					<Empty icon={<ShieldX aria-hidden="true" className="size-8" />} title={t`This page is for administrators`} />
				</div>
			</Page>
		);
	}
	return (
		<Page
			title={t`Admin`}
			actions={
				<Link to="/setup" className={buttonClass("secondary")}>
					<ListChecks aria-hidden="true" className="size-4" />
					<Trans>What is set up</Trans>
				</Link>
			}
		>
			<Steady>
				<Users ownId={session.user.id} />
				<AllConnections />
				<MailSwitch />
			</Steady>
		</Page>
	);
}
