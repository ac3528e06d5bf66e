import type { Calendar, NewEvent } from "@kalends/client";
import { useLingui } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import type { FormEvent } from "react";
import { Button, buttonClass } from "../../../ui/button.tsx";
import { Dialog } from "../../../ui/dialog.tsx";
import { Checkbox, TextField } from "../../../ui/field.tsx";
import { NEW } from "../draft.ts";
import { CalendarField, defaultCalendar } from "../fields/calendar-field.tsx";
import { TimeFields } from "../fields/time-fields.tsx";
import { newValues } from "../form/values.ts";
import { newSent } from "../sent.ts";
import type { EventWrites } from "../write/use-event-writes.ts";
import { useEventForm } from "./use-event-form.ts";

export interface QuickCreateProps {
	/** Epoch milliseconds. */
	readonly start: number;
	readonly end: number;
	readonly allDay: boolean;
	/** IANA. */
	readonly zone: string;
	readonly calendars: readonly Calendar[];
	readonly writes: EventWrites;
	/** What is being made, which may be of other days than those that are shown. */
	readonly onSave: (event: NewEvent) => void;
	readonly onClose: () => void;
}

/** A new event by its title alone; everything else is a step away and takes what was typed along. */
export function QuickCreate({ start, end, allDay, zone, calendars, writes, onSave, onClose }: QuickCreateProps) {
	const { t } = useLingui();
	const form = useEventForm({
		draftId: "quick",
		event: null,
		valuesOf: () => newValues({ calendarId: defaultCalendar(calendars), allDay, start, end, zone }),
		// The place was chosen anew.
		adopt: ({ title }, now) => ({ ...now, title }),
	});
	const { values, set, faults, serverFaults } = form;
	const close = () => {
		form.forget();
		onClose();
	};
	const onSubmit = (submitted: FormEvent) => {
		submitted.preventDefault();
		if (!form.check()) return;
		const sent = newSent(values, Date.now());
		void writes.createAtOnce(sent);
		close();
		onSave(sent.body);
	};
	return (
		<Dialog isOpen onClose={close} title={t`New event`} keepOnOutsidePress={form.dirty}>
			<form onSubmit={onSubmit} noValidate className="grid gap-4">
				<TextField
					label={t`Title`}
					dir="auto"
					autoFocus
					value={values.title}
					maxLength={4000}
					error={serverFaults.title}
					onChange={({ target }) => set({ ...values, title: target.value })}
				/>
				<Checkbox
					label={t`All day`}
					checked={values.allDay}
					onChange={({ target }) => set({ ...values, allDay: target.checked })}
				/>
				<TimeFields values={values} onChange={set} faults={faults} ownZone={zone} />
				<CalendarField
					calendars={calendars}
					value={values.calendarId}
					onChange={(calendarId) => set({ ...values, calendarId })}
				/>
				<div className="flex flex-wrap justify-end gap-2">
					<Link to="/calendar/new" onClick={() => form.handOverTo(NEW)} className={buttonClass("secondary", "me-auto")}>
						{t`More options`}
					</Link>
					<Button kind="primary" type="submit">
						{t`Save`}
					</Button>
				</div>
			</form>
		</Dialog>
	);
}
