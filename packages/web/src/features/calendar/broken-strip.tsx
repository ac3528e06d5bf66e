import type { Calendar, Connection } from "@kalends/client";
import { useLingui } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { TriangleAlert } from "lucide-react";
import { buttonClass } from "../../ui/button.tsx";
import { Notice } from "../../ui/states.tsx";

interface Broken {
	readonly id: string;
	readonly name: string;
	readonly detail: string;
}

/** What is shown may lack something: said above the grid, never left out in silence. */
export function BrokenStrip({
	calendars,
	connections,
}: {
	readonly calendars: readonly Calendar[];
	readonly connections: readonly Connection[];
}) {
	const { t } = useLingui();
	return brokenOf(calendars, connections).map(({ id, name, detail }) => (
		<Notice
			key={id}
			tone="warn"
			actions={
				<Link to="/settings/calendars" className={buttonClass("secondary")}>
					{t`Put it right`}
				</Link>
			}
		>
			<span className="flex items-start gap-2">
				<TriangleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0" />
				<span>
					<strong dir="auto">{name}</strong> {detail === "" ? t`is not up to date.` : detail}
				</span>
			</span>
		</Notice>
	));
}

/** Accounts that do not sync, and single calendars of those that do. */
function brokenOf(calendars: readonly Calendar[], connections: readonly Connection[]): readonly Broken[] {
	const accounts = connections.filter(({ status }) => ["reauth_required", "paused", "error"].includes(status));
	const of = new Set(accounts.map(({ id }) => id));
	const single = calendars.filter(
		({ selected, status, connection_id }) =>
			selected && ["paused", "error", "gone"].includes(status) && !of.has(connection_id),
	);
	return [...accounts, ...single].map(({ id, name, status_detail }) => ({ id, name, detail: status_detail ?? "" }));
}
