import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { useId } from "react";
import { Select, TextField } from "../../../ui/field.tsx";
import { regional } from "../../calendar/time/format.ts";
import { useReading } from "../../calendar/use-reading.ts";
import { isDate, type ValueFault } from "../form/values.ts";
import {
	commonRules,
	type Frequency,
	inWeekOrder,
	isLastOfItsWeekday,
	type MonthDay,
	nthOf,
	type Repetition,
	type Rule,
	type RuleEnd,
	ruleFrom,
	sameRule,
	WEEKDAYS,
	type Weekday,
	weekdayOf,
} from "../recurrence/rule.ts";
import { monthDayText, repetitionText, ruleText, weekdayText } from "../recurrence/words.ts";
import { NumberField } from "./number-field.tsx";

export interface RepeatFieldProps {
	readonly value: Repetition;
	readonly onChange: (value: Repetition) => void;
	/** `YYYY-MM-DD`: what rules begin with. */
	readonly startDay: string;
	readonly custom: boolean;
	readonly onCustom: (custom: boolean) => void;
	readonly faults: ReadonlySet<ValueFault>;
	readonly error?: string | undefined;
}

/** The language of the sentences, with the dates in them as this person has dates: the day before the month, or after it. */
function useDatesLocale(): string {
	const { i18n } = useLingui();
	return regional(i18n.locale, [useReading().locale]);
}

/** How it repeats: the common ways in words, else every part of the rule. */
export function RepeatField({ value, onChange, startDay, custom, onCustom, faults, error }: RepeatFieldProps) {
	const { t } = useLingui();
	const locale = useDatesLocale();
	const common = commonRules(startDay);
	const rule = value.kind === "rule" ? value.rule : null;
	const isCommon = rule !== null && common.some((one) => sameRule(one, rule));
	const choice =
		value.kind === "none"
			? "none"
			: custom || !isCommon
				? "custom"
				: String(common.findIndex((one) => sameRule(one, rule)));
	const exceptions = value.kind === "rule" ? value.exceptions : [];
	const onSelect = (chosen: string) => {
		onCustom(chosen === "custom");
		if (chosen === "none") return onChange({ kind: "none" });
		const next = chosen === "custom" ? (rule ?? ruleFrom(startDay, "WEEKLY")) : common[Number(chosen)];
		if (next !== undefined) onChange({ kind: "rule", rule: next, exceptions });
	};
	return (
		<div className="grid gap-3">
			<Select
				label={t`Repeats`}
				value={value.kind === "other" ? "other" : choice}
				onChange={({ target }) => onSelect(target.value)}
				help={choice === "custom" && rule !== null && isWhole(rule) ? ruleText(rule, locale) : undefined}
				error={error}
			>
				<option value="none">{t`Does not repeat`}</option>
				{value.kind === "other" ? <option value="other">{repetitionText(value, locale)}</option> : null}
				{common.map((one, index) => (
					<option key={ruleText(one, locale)} value={index}>
						{ruleText(one, locale)}
					</option>
				))}
				<option value="custom">{t`Custom…`}</option>
			</Select>
			{value.kind === "rule" && choice === "custom" ? (
				<CustomRule
					rule={value.rule}
					startDay={startDay}
					faults={faults}
					onChange={(next) => onChange({ ...value, rule: next })}
				/>
			) : null}
		</div>
	);
}

interface CustomRuleProps {
	readonly rule: Rule;
	readonly startDay: string;
	readonly faults: ReadonlySet<ValueFault>;
	readonly onChange: (rule: Rule) => void;
}

/** Nothing of it is still to be filled in. */
function isWhole({ interval, end }: Rule): boolean {
	return interval > 0 && (end.kind === "count" ? end.count > 0 : end.kind === "never" || isDate(end.date));
}

function CustomRule({ rule, startDay, faults, onChange }: CustomRuleProps) {
	const { t } = useLingui();
	const locale = useDatesLocale();
	const number = t`Write a whole number, 1 or more.`;
	const units: readonly (readonly [Frequency, string])[] = [
		["DAILY", t`days`],
		["WEEKLY", t`weeks`],
		["MONTHLY", t`months`],
		["YEARLY", t`years`],
	];
	return (
		<div className="grid gap-4 rounded-xl border border-line bg-sunken p-4">
			<div className="grid gap-3 @xs:grid-cols-2">
				<NumberField
					max={999}
					label={t`Every`}
					value={rule.interval}
					error={faults.has("repeat-every") ? number : undefined}
					onChange={(interval) => onChange({ ...rule, interval })}
				/>
				<Select
					label={t`Unit`}
					value={rule.frequency}
					onChange={({ target }) => onChange({ ...rule, frequency: target.value as Frequency })}
				>
					{units.map(([frequency, name]) => (
						<option key={frequency} value={frequency}>
							{name}
						</option>
					))}
				</Select>
			</div>
			{rule.frequency === "WEEKLY" ? <Weekdays rule={rule} startDay={startDay} onChange={onChange} /> : null}
			{rule.frequency === "MONTHLY" || rule.frequency === "YEARLY" ? (
				<Select
					label={t`On`}
					value={JSON.stringify(rule.monthDay)}
					onChange={({ target }) => onChange({ ...rule, monthDay: JSON.parse(target.value) as MonthDay })}
				>
					{monthDays(startDay, rule.monthDay).map((day) => (
						<option key={JSON.stringify(day)} value={JSON.stringify(day)}>
							{monthDayText(day, locale)}
						</option>
					))}
				</Select>
			) : null}
			<Ends rule={rule} startDay={startDay} faults={faults} onChange={(end) => onChange({ ...rule, end })} />
		</div>
	);
}

function monthDays(startDay: string, now: MonthDay): readonly MonthDay[] {
	const weekday = weekdayOf(startDay);
	const nth = nthOf(startDay);
	const offered: MonthDay[] = [{ by: "day", day: Number(startDay.slice(8)) }];
	if (nth <= 4) offered.push({ by: "weekday", nth, weekday });
	if (isLastOfItsWeekday(startDay)) offered.push({ by: "weekday", nth: -1, weekday });
	const known = offered.some((day) => JSON.stringify(day) === JSON.stringify(now));
	return known ? offered : [now, ...offered];
}

/** The day that the event is on is one of them: the series begins with it. */
function Weekdays({ rule, startDay, onChange }: Omit<CustomRuleProps, "faults">) {
	const { t } = useLingui();
	const locale = useDatesLocale();
	const own = weekdayOf(startDay);
	const toggle = (day: Weekday) => {
		const has = rule.weekdays.includes(day);
		const weekdays = has ? rule.weekdays.filter((one) => one !== day) : inWeekOrder([...rule.weekdays, day]);
		onChange({ ...rule, weekdays });
	};
	return (
		<fieldset className="grid gap-1.5">
			<legend className="mb-1.5 text-sm font-medium">{t`On`}</legend>
			<div className="flex flex-wrap gap-1.5">
				{WEEKDAYS.map((day) => (
					<button
						key={day}
						type="button"
						aria-pressed={rule.weekdays.includes(day)}
						aria-disabled={day === own || undefined}
						title={day === own ? t`The event is on this day` : undefined}
						onClick={() => day !== own && toggle(day)}
						className="grid size-10 place-items-center rounded-full border border-line-strong bg-surface text-xs font-medium aria-pressed:border-accent aria-pressed:bg-accent aria-pressed:text-on-accent pointer-coarse:size-11"
					>
						<span aria-hidden="true">{weekdayText(day, locale, "short")}</span>
						<span className="sr-only">{weekdayText(day, locale)}</span>
					</button>
				))}
			</div>
		</fieldset>
	);
}

interface EndsProps {
	readonly rule: Rule;
	readonly startDay: string;
	readonly faults: ReadonlySet<ValueFault>;
	readonly onChange: (end: RuleEnd) => void;
}

const YEAR_AHEAD = { years: 1 } as const;

function Ends({ rule: { end }, startDay, faults, onChange }: EndsProps) {
	const { t } = useLingui();
	const name = useId();
	const later = Temporal.PlainDate.from(startDay).add(YEAR_AHEAD).toString();
	const choices: readonly (readonly [RuleEnd["kind"], string, RuleEnd])[] = [
		["never", t`Never`, { kind: "never" }],
		["until", t`On a day`, { kind: "until", date: end.kind === "until" ? end.date : later }],
		["count", t`After some times`, { kind: "count", count: end.kind === "count" ? end.count : 10 }],
	];
	return (
		<fieldset className="grid gap-2">
			<legend className="mb-1.5 text-sm font-medium">{t`Ends`}</legend>
			<div className="flex flex-wrap gap-x-5 gap-y-2">
				{choices.map(([kind, label, value]) => (
					<label key={kind} className="flex min-h-6 items-center gap-2 text-sm pointer-coarse:min-h-11">
						<input
							type="radio"
							name={name}
							checked={end.kind === kind}
							onChange={() => onChange(value)}
							className="size-5 accent-accent"
						/>
						{label}
					</label>
				))}
			</div>
			{end.kind === "until" ? (
				<TextField
					type="date"
					label={t`Last day`}
					min={startDay}
					value={end.date}
					error={
						!faults.has("repeat-ends")
							? undefined
							: isDate(end.date)
								? t`It ends before it begins. Choose a later day.`
								: t`Fill in the last day.`
					}
					onChange={({ target }) => onChange({ kind: "until", date: target.value })}
				/>
			) : null}
			{end.kind === "count" ? (
				<NumberField
					max={9999}
					label={t`Times`}
					value={end.count}
					help={end.count > 0 ? <Plural value={end.count} one="Once in all" other="# times in all" /> : undefined}
					error={faults.has("repeat-times") ? t`Write a whole number, 1 or more.` : undefined}
					onChange={(count) => onChange({ kind: "count", count })}
				/>
			) : null}
		</fieldset>
	);
}

/** The next dates of a rule, as the server reckons them. */
export function NextDates({ dates, more }: { readonly dates: readonly string[]; readonly more: boolean }) {
	const id = useId();
	if (dates.length === 0) return null;
	return (
		<div className="grid gap-1 text-sm text-muted">
			<p id={id} className="font-medium text-text">
				<Trans>The next dates</Trans>
			</p>
			<ul aria-labelledby={id} className="flex flex-wrap gap-x-4 gap-y-0.5">
				{dates.map((date) => (
					<li key={date}>{date}</li>
				))}
				{more ? <li aria-hidden="true">…</li> : null}
			</ul>
		</div>
	);
}
