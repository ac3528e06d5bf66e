import type { CalendarEvent, EventPatch } from "@kalends/client";
import { Trans, useLingui } from "@lingui/react/macro";
import { type FormEvent, useState } from "react";
import { Button } from "../../../ui/button.tsx";
import { Dialog } from "../../../ui/dialog.tsx";
import { Checkbox } from "../../../ui/field.tsx";
import { TimeFields } from "../../editor/fields/time-fields.tsx";
import { faultsOf, hasTimeFault, spanOf, valuesOf } from "../../editor/form/values.ts";
import type { Reading } from "../time/format.ts";

export interface MoveDialogProps {
	readonly event: CalendarEvent;
	readonly reading: Reading;
	readonly onClose: () => void;
	readonly onMove: (patch: EventPatch) => void;
}

/** The way to move or resize an event without dragging. */
export function MoveDialog({ event, reading, onClose, onMove }: MoveDialogProps) {
	const { t } = useLingui();
	const [values, setValues] = useState(() => valuesOf(event, reading.zone));
	const faults = faultsOf(values);
	const wrong = hasTimeFault(faults);
	const onSubmit = (submitted: FormEvent) => {
		submitted.preventDefault();
		if (!wrong) onMove(spanOf(values));
	};
	const name = event.title === "" ? t`(No title)` : event.title;
	return (
		<Dialog
			isOpen
			onClose={onClose}
			title={<span dir="auto" className="line-clamp-4 wrap-anywhere">{t`Move “${name}”`}</span>}
		>
			<form onSubmit={onSubmit} className="grid gap-4">
				<Checkbox
					label={<Trans>All day</Trans>}
					checked={values.allDay}
					onChange={({ target }) => setValues({ ...values, allDay: target.checked })}
				/>
				<TimeFields values={values} onChange={setValues} faults={faults} ownZone={reading.zone} />
				<div className="flex justify-end gap-2">
					<Button onClick={onClose}>{t`Cancel`}</Button>
					<Button kind="primary" type="submit" aria-disabled={wrong || undefined}>
						{t`Move`}
					</Button>
				</div>
			</form>
		</Dialog>
	);
}
