import type { Calendar } from "@kalends/client";
import { Trans, useLingui } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { buttonClass } from "../../../ui/button.tsx";
import { Select } from "../../../ui/field.tsx";
import { Notice } from "../../../ui/states.tsx";
import { canWrite } from "../../calendar/grid/to-grid.ts";

export interface CalendarFieldProps {
	readonly calendars: readonly Calendar[];
	readonly value: string;
	/** Not there: the event stays where it is. */
	readonly onChange?: (id: string) => void;
}

/** Only calendars that can be written; where there is none, why. */
export function CalendarField({ calendars, value, onChange }: CalendarFieldProps) {
	const { t } = useLingui();
	const writable = calendars.filter(canWrite);
	if (onChange !== undefined && writable.length === 0) return <NoneWritable calendars={calendars} />;
	const shown = onChange === undefined ? calendars.filter(({ id }) => id === value) : writable;
	return (
		<Select
			label={t`Calendar`}
			value={value}
			disabled={onChange === undefined}
			onChange={({ target }) => onChange?.(target.value)}
		>
			{shown.map(({ id, name }) => (
				<option key={id} value={id}>
					{name}
				</option>
			))}
		</Select>
	);
}

function NoneWritable({ calendars }: { readonly calendars: readonly Calendar[] }) {
	const { t } = useLingui();
	return (
		<Notice
			tone="warn"
			actions={
				<Link to="/settings/calendars" className={buttonClass("secondary")}>
					{calendars.length === 0 ? t`Connect a calendar` : t`Calendar settings`}
				</Link>
			}
		>
			{calendars.length === 0 ? (
				<Trans>An event needs a calendar to be in, and none is connected yet.</Trans>
			) : (
				<Trans>All your calendars can only be read: they are feeds, or their owners let you only look.</Trans>
			)}
		</Notice>
	);
}

/** Where a new event goes unless told: the primary one of those that can be written, else the first. */
export function defaultCalendar(calendars: readonly Calendar[]): string {
	const writable = calendars.filter(canWrite);
	return (writable.find(({ primary }) => primary) ?? writable[0])?.id ?? "";
}
