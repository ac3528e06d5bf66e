import type { Calendar, CalendarEvent } from "@kalends/client";
import { Trans, useLingui } from "@lingui/react/macro";
import { memo, type ReactNode, useContext, useState } from "react";
import { PALETTE } from "../../../ui/calendar-color.ts";
import { Checkbox, Select, TextArea, TextField } from "../../../ui/field.tsx";
import { dayText, type Reading, SHORT_DAY } from "../../calendar/time/format.ts";
import { dayOf, instantOf } from "../../calendar/time/instants.ts";
import { CalendarField } from "../fields/calendar-field.tsx";
import { useColorName } from "../fields/color-names.ts";
import { GuestsField } from "../fields/guests-field.tsx";
import { RemindersField } from "../fields/reminders-field.tsx";
import { NextDates, RepeatField } from "../fields/repeat-field.tsx";
import { TimeFields } from "../fields/time-fields.tsx";
import { isDate } from "../form/values.ts";
import { FreeBusyStrip, OwnConflicts } from "../free-busy/strip.tsx";
import { useFreeBusy } from "../free-busy/use-free-busy.ts";
import { Mails } from "../write/scope-dialog.tsx";
import { type EventForm, Sending, usePreview } from "./use-event-form.ts";

export interface EventFieldsProps {
	readonly form: EventForm;
	readonly calendars: readonly Calendar[];
	/** Null: it is new. */
	readonly event: CalendarEvent | null;
	readonly reading: Reading;
}

/** Every field of an event. */
export function EventFields({ form, calendars, event, reading }: EventFieldsProps) {
	const { t } = useLingui();
	const { values, set, faults, serverFaults } = form;
	const [custom, setCustom] = useState(false);
	const preview = usePreview(values, event);
	const freeBusy = useFreeBusy(values, calendars, event, reading.zone);
	const hasGuests = values.guests.length > 0;
	const calendar = calendars.find(({ id }) => id === values.calendarId);
	const dates = preview.dates.map((start) =>
		dayText(dayOf(instantOf(start, reading.zone), reading.zone), reading.locale, { ...SHORT_DAY, year: "numeric" }),
	);
	const canMeet = calendar?.provider === "google";
	return (
		<div className="grid grid-cols-1 gap-6">
			<section className="grid grid-cols-1 gap-4">
				<TextField
					label={t`Title`}
					dir="auto"
					value={values.title}
					maxLength={4000}
					autoFocus={event === null}
					error={serverFaults.title}
					onChange={({ target }) => set({ ...values, title: target.value })}
				/>
				<CalendarField
					calendars={calendars}
					value={values.calendarId}
					{...(event === null ? { onChange: (calendarId: string) => set({ ...values, calendarId }) } : {})}
				/>
			</section>
			<section className="card grid grid-cols-1 gap-4 p-4" aria-label={t`When`}>
				<Checkbox
					label={<Trans>All day</Trans>}
					checked={values.allDay}
					onChange={({ target }) => set({ ...values, allDay: target.checked })}
				/>
				<TimeFields values={values} onChange={set} faults={faults} ownZone={reading.zone} />
				<Held>
					<OwnConflicts freeBusy={hasGuests ? null : freeBusy} reading={reading} />
				</Held>
				{serverFaults.start === undefined && serverFaults.end === undefined ? null : (
					<p className="text-sm font-medium text-danger">{serverFaults.start ?? serverFaults.end}</p>
				)}
				<RepeatField
					value={values.repetition}
					startDay={isDate(values.startDay) ? values.startDay : form.initial.startDay}
					custom={custom}
					onCustom={setCustom}
					onChange={(repetition) => set({ ...values, repetition })}
					faults={faults}
					error={serverFaults.recurrence}
				/>
				<NextDates dates={dates} more={preview.more} />
			</section>
			<section className="grid gap-4">
				<TextField
					label={t`Place`}
					dir="auto"
					value={values.location}
					maxLength={4000}
					error={serverFaults.location}
					onChange={({ target }) => set({ ...values, location: target.value })}
				/>
				<GuestsField
					value={values}
					known={event?.participants ?? []}
					faulty={faults.has("guests")}
					error={serverFaults.participants}
					onChange={({ guests, guestText }) => set({ ...values, guests, guestText })}
				/>
				<Held>{freeBusy === null || !hasGuests ? null : <FreeBusyStrip freeBusy={freeBusy} reading={reading} />}</Held>
				<Mails addresses={preview.mails} />
				<TextArea
					label={t`Description`}
					rows={5}
					value={values.description}
					error={serverFaults.description}
					onChange={({ target }) => set({ ...values, description: target.value })}
				/>
				<ConferenceField form={form} canMeet={canMeet} />
			</section>
			<section className="grid gap-4 border-t border-line pt-5 @lg:grid-cols-2">
				<RemindersField value={values.reminders} onChange={(reminders) => set({ ...values, reminders })} />
				<div className="grid content-start gap-4">
					<Select
						label={t`Shown as`}
						value={values.busy ? "busy" : "free"}
						onChange={({ target }) => set({ ...values, busy: target.value === "busy" })}
					>
						<option value="busy">{t`Busy`}</option>
						<option value="free">{t`Free`}</option>
					</Select>
					<Select
						label={t`Visibility`}
						value={values.visibility}
						onChange={({ target }) => set({ ...values, visibility: target.value as CalendarEvent["visibility"] })}
					>
						<option value="default">{t`As the calendar has it`}</option>
						<option value="public">{t`Public`}</option>
						<option value="private">{t`Private`}</option>
					</Select>
					<ColorField form={form} />
				</div>
			</section>
		</div>
	);
}

/** While the event is being sent, what it would say of it, which may be in the calendar already, is not shown. */
function Held({ children }: { readonly children: ReactNode }) {
	return <Still held={useContext(Sending)}>{children}</Still>;
}

const Still = memo(
	({ children }: { readonly held: boolean; readonly children: ReactNode }) => children,
	(_, { held }) => held,
);

function ConferenceField({
	form: { values, set, faults, serverFaults },
	canMeet,
}: {
	readonly form: EventForm;
	readonly canMeet: boolean;
}) {
	const { t } = useLingui();
	const { conference } = values;
	return (
		<div className="grid gap-2">
			{canMeet && conference.url === "" ? (
				<Checkbox
					label={<Trans>Make a Google Meet call</Trans>}
					checked={conference.create}
					onChange={({ target }) => set({ ...values, conference: { create: target.checked, url: "" } })}
				/>
			) : null}
			{conference.create ? null : (
				<TextField
					type="url"
					label={t`Video call`}
					placeholder="https://"
					value={conference.url}
					error={
						faults.has("conference")
							? t`Write a link that begins with https://, or leave it empty.`
							: serverFaults.conference
					}
					onChange={({ target }) => set({ ...values, conference: { create: false, url: target.value.trim() } })}
				/>
			)}
		</div>
	);
}

function ColorField({ form: { values, set } }: { readonly form: EventForm }) {
	const { t } = useLingui();
	const nameOf = useColorName();
	const colors =
		values.color === null || PALETTE.some((one) => one === values.color) ? PALETTE : [...PALETTE, values.color];
	return (
		<fieldset>
			<legend className="mb-1.5 text-sm font-medium">{t`Colour`}</legend>
			<div className="flex flex-wrap items-center gap-1.5">
				<label className="flex min-h-8 items-center gap-1.5 rounded-full border border-line-strong px-3 text-sm has-checked:border-accent has-checked:bg-accent-soft has-focus-visible:outline-2 has-focus-visible:outline-accent">
					<input
						type="radio"
						name="color"
						className="sr-only"
						checked={values.color === null}
						onChange={() => set({ ...values, color: null })}
					/>
					{t`The calendar's`}
				</label>
				{colors.map((color) => (
					<label
						key={color}
						title={nameOf(color)}
						className="grid size-8 place-items-center rounded-full border-2 border-transparent has-checked:border-text has-focus-visible:outline-2 has-focus-visible:outline-accent pointer-coarse:size-11"
					>
						<input
							type="radio"
							name="color"
							className="sr-only"
							aria-label={nameOf(color)}
							checked={values.color === color}
							onChange={() => set({ ...values, color })}
						/>
						<span
							aria-hidden="true"
							className="size-6 rounded-full forced-color-adjust-none"
							style={{ background: color }}
						/>
					</label>
				))}
			</div>
		</fieldset>
	);
}
