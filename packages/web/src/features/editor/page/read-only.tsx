import type { Calendar, CalendarEvent } from "@kalends/client";
import { Trans, useLingui } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { buttonClass } from "../../../ui/button.tsx";
import { Notice } from "../../../ui/states.tsx";
import { canWrite } from "../../calendar/grid/to-grid.ts";
import { useWhyReadOnly } from "../fields/why-read-only.ts";

/** Instead of the form, where an event cannot be changed: why, and what can be done. */
export function ReadOnly({ event, calendar }: { readonly event: CalendarEvent; readonly calendar: Calendar | null }) {
	const { t } = useLingui();
	const why = useWhyReadOnly();
	const own = calendar !== null && canWrite(calendar);
	return (
		<Notice
			tone="warn"
			actions={
				<>
					{own ? null : (
						<Link to="/settings/calendars" className={buttonClass("secondary")}>
							{t`Calendar settings`}
						</Link>
					)}
					<Link to="/calendar" className={buttonClass("primary")}>
						{t`Back to the calendar`}
					</Link>
				</>
			}
		>
			<p dir="auto" className="font-semibold">
				{event.title === "" ? t`(No title)` : event.title}
			</p>
			<p>{own ? <Trans>This event can only be read: its provider lets nobody change it.</Trans> : why(calendar)}</p>
		</Notice>
	);
}
