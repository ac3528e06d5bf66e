import type { Calendar } from "@kalends/client";
import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { ChevronDown, Lock } from "lucide-react";
import { useCalendarUpdate } from "../../api/use-calendar-update.ts";
import { Button } from "../../ui/button.tsx";
import { PALETTE } from "../../ui/calendar-color.ts";
import { CalendarMark } from "../../ui/calendar-mark.tsx";
import { Select, Switch } from "../../ui/field.tsx";
import { Failed } from "../session/failed.tsx";
import { DefaultReminders } from "./default-reminders.tsx";
import { HeldDeletions } from "./held-deletions.tsx";

/** One calendar: shown or not, its colour, whether it can be written to, and more behind "Details". */
export function CalendarRow({ calendar }: { readonly calendar: Calendar }) {
	const { t } = useLingui();
	const update = useCalendarUpdate();
	const { id, name, color, selected, access, status, status_detail, fix, warnings_count } = calendar;
	const change = (patch: Parameters<typeof update.mutate>[0]["patch"]) => update.mutate({ id, patch });
	const needsDecision = status === "gone" || calendar.held_deletions > 0;
	return (
		<li className="grid gap-2 border-line px-4 py-3 not-first:border-t sm:px-5">
			<div className="flex flex-wrap items-center gap-x-3 gap-y-1">
				<CalendarMark name={name} color={color} />
				<span dir="auto" className="min-w-0 flex-1 font-medium">
					{name}
				</span>
				<Access access={access} provider={calendar.provider} />
				<Switch label={t`Show ${name}`} hideLabel checked={selected} onChange={(on) => change({ selected: on })} />
			</div>
			<Failed error={update.error} />
			{needsDecision ? <HeldDeletions calendar={calendar} /> : null}
			{!needsDecision && status_detail !== null && selected ? (
				<p className="text-sm text-warn">
					{status_detail} {fix}
				</p>
			) : null}
			<details className="group text-sm">
				<summary className="inline-flex min-h-6 list-none items-center gap-1 text-muted [&::-webkit-details-marker]:hidden">
					<ChevronDown aria-hidden="true" className="size-4 transition-transform group-open:rotate-180" />
					<Trans>Details</Trans>
					<span className="sr-only" dir="auto">
						{name}
					</span>
				</summary>
				<div className="grid gap-4 pt-3 pb-1 sm:grid-cols-2">
					<label className="grid content-start gap-1.5">
						<span className="font-medium">
							<Trans>Colour</Trans>
						</span>
						<span className="flex items-center gap-2">
							<input
								type="color"
								list="calendar-palette"
								defaultValue={color ?? PALETTE[0]}
								key={color}
								onBlur={(event) => {
									if (event.target.value !== (color ?? PALETTE[0])) change({ color: event.target.value });
								}}
								className="h-10 w-16 rounded-lg border border-line-strong bg-surface p-1"
							/>
							<Button kind="quiet" onClick={() => change({ color: null })}>
								<Trans>As at the provider</Trans>
							</Button>
						</span>
					</label>
					<Select
						label={t`What others may see of it`}
						value={calendar.privacy}
						onChange={(event) => change({ privacy: event.target.value === "free_busy" ? "free_busy" : "full" })}
					>
						<option value="full">{t`Everything`}</option>
						<option value="free_busy">{t`Only when I am busy`}</option>
					</Select>
					<DefaultReminders
						reminders={calendar.default_reminders}
						onChange={(reminders) => change({ default_reminders: [...reminders] })}
					/>
					{warnings_count === 0 ? null : (
						<p className="text-muted">
							<Plural
								value={warnings_count}
								one="Of one event something was guessed or could not be read."
								other="Of # events something was guessed or could not be read."
							/>
						</p>
					)}
				</div>
			</details>
			<datalist id="calendar-palette">
				{PALETTE.map((one) => (
					<option key={one} value={one} />
				))}
			</datalist>
		</li>
	);
}

/** A lock where it cannot be written to, with the reason. */
function Access({ access, provider }: Pick<Calendar, "access" | "provider">) {
	const { t } = useLingui();
	if (access === "write" || access === "owner") return null;
	const reason =
		provider === "ics"
			? t`A feed can only be read`
			: access === "free_busy"
				? t`Only busy times may be seen`
				: t`You may read it, not change it`;
	return (
		<span className="inline-flex items-center gap-1.5 text-sm text-muted max-sm:order-last max-sm:basis-full">
			<Lock aria-hidden="true" className="size-4" />
			{reason}
		</span>
	);
}
