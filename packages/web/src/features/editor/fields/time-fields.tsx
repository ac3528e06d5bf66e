import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { TextField } from "../../../ui/field.tsx";
import { clockChangeOn } from "../../calendar/time/clock-change.ts";
import { dayText, lengthText, SHORT_DAY, timeText } from "../../calendar/time/format.ts";
import { instantOf } from "../../calendar/time/instants.ts";
import { useReading } from "../../calendar/use-reading.ts";
import { ZoneSelect } from "../../calendar/zone-select.tsx";
import {
	type EventValues,
	hasTimeFault,
	isDate,
	isTime,
	skippedTo,
	spanOf,
	type ValueFault,
	withStart,
} from "../form/values.ts";

export interface TimeFieldsProps {
	readonly values: EventValues;
	readonly onChange: (values: EventValues) => void;
	readonly faults: ReadonlySet<ValueFault>;
	/** IANA; offered first. */
	readonly ownZone: string;
}

/** Start and end, each with its zone where somebody asks for that. Another start takes the end along. */
export function TimeFields({ values, onChange, faults, ownZone }: TimeFieldsProps) {
	const { t, i18n } = useLingui();
	const foreign = values.startZone !== ownZone || values.endZone !== values.startZone;
	const [zones, setZones] = useState(foreign);
	const { allDay, startDay, startTime, startZone, endDay, endTime, endZone } = values;
	const at = isDate(startDay) ? Date.parse(`${startDay}T12:00:00Z`) : Date.now();
	const missing = (field: "start" | "end", filled: boolean) =>
		filled || !faults.has(field)
			? undefined
			: field === "start"
				? t`Fill in when it starts.`
				: t`Fill in when it ends.`;
	const backwards = faults.has("end-before-start") ? t`The end comes after the start.` : undefined;
	const skipped = useSkippedText();
	return (
		<div className="@container grid gap-3">
			<div
				className={`grid gap-3 ${allDay ? "@md:grid-cols-2" : "@[18.5rem]:grid-cols-[minmax(0,1fr)_9rem] @2xl:grid-cols-[minmax(0,1fr)_9rem_minmax(0,1fr)_9rem]"}`}
			>
				<TextField
					type="date"
					required
					label={allDay ? t`First day` : t`Start`}
					value={startDay}
					onChange={({ target }) => onChange(withStart(values, { startDay: target.value }))}
					error={missing("start", isDate(startDay))}
				/>
				{allDay ? null : (
					<TextField
						type="time"
						required
						step={60}
						label={t`at`}
						aria-label={t`Start time`}
						value={startTime}
						help={skipped(startDay, startTime, startZone)}
						error={missing("start", isTime(startTime))}
						onChange={({ target }) => onChange(withStart(values, { startTime: target.value }))}
					/>
				)}
				<TextField
					type="date"
					required
					label={allDay ? t`Last day` : t`End`}
					value={endDay}
					onChange={({ target }) => onChange({ ...values, endDay: target.value })}
					error={missing("end", isDate(endDay)) ?? backwards}
				/>
				{allDay ? null : (
					<TextField
						type="time"
						required
						step={60}
						label={t`at`}
						aria-label={t`End time`}
						value={endTime}
						help={skipped(endDay, endTime, endZone)}
						error={missing("end", isTime(endTime))}
						onChange={({ target }) => onChange({ ...values, endTime: target.value })}
					/>
				)}
			</div>
			<Length values={values} locale={i18n.locale} faulty={hasTimeFault(faults)} />
			{allDay ? null : zones ? (
				<div className="grid gap-3 @md:grid-cols-2">
					<ZoneSelect
						label={t`Zone of the start`}
						value={startZone}
						at={at}
						first={[ownZone]}
						none={t`Floating: the same clock everywhere`}
						onChange={(zone) => onChange(withStart(values, { startZone: zone }))}
					/>
					<ZoneSelect
						label={t`Zone of the end`}
						value={endZone}
						at={at}
						first={[ownZone]}
						none={t`Floating: the same clock everywhere`}
						onChange={(zone) => onChange({ ...values, endZone: zone })}
					/>
				</div>
			) : (
				<button
					type="button"
					onClick={() => setZones(true)}
					className="min-h-6 w-fit text-start text-sm text-accent underline underline-offset-2"
				>
					<Trans>Time zone: {startZone === "" ? t`floating` : startZone}</Trans>
				</button>
			)}
		</div>
	);
}

/** Says of a time that does not exist that day which one it becomes. */
function useSkippedText() {
	const { t } = useLingui();
	const reading = useReading();
	return (day: string, time: string, zone: string): string | undefined => {
		const there = skippedTo(day, time, zone);
		if (there === null) return undefined;
		const text = timeText(there.toZonedDateTime(zone).epochMilliseconds, { ...reading, zone });
		const date = there.toPlainDate().toString();
		const becomes = date === day ? text : `${dayText(date, reading.locale, SHORT_DAY)}, ${text}`;
		return t`This time does not exist that day, as the clocks go forward: it becomes ${becomes}.`;
	};
}

/** How long it lasts, and where a clock change makes that other than it looks. */
function Length({ values, locale, faulty }: { values: EventValues; locale: string; faulty: boolean }) {
	const { t } = useLingui();
	const { allDay, startDay, endDay, startTime, endTime, startZone } = values;
	if (faulty || ![startDay, endDay].every(isDate) || ![startTime, endTime].every(isTime)) return null;
	const { start, end } = spanOf(values);
	if (allDay) {
		const days = Temporal.PlainDate.from(startDay).until(endDay, { largestUnit: "day" }).days + 1;
		return (
			<p dir="auto" className="text-sm text-muted">
				{lengthText(days * 86_400_000, locale)}
			</p>
		);
	}
	const length = lengthText(instantOf(end, "UTC") - instantOf(start, "UTC"), locale);
	const changes = startZone === "" ? null : clockChangeOn(startDay, startZone);
	return (
		<p dir="auto" className="text-sm text-muted">
			{length}
			{changes === null ? null : (
				<span className="text-warn">
					{" · "}
					{changes.byMinutes > 0 ? t`the clocks are put forward that day` : t`the clocks are put back that day`}
				</span>
			)}
		</p>
	);
}
