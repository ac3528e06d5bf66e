import type { Me } from "@kalends/client";
import { Trans, useLingui } from "@lingui/react/macro";
import { useMeUpdate } from "../../api/use-me-update.ts";
import { Select } from "../../ui/field.tsx";
import { useNow } from "../../ui/use-now.ts";
import { dayText, timeText } from "../calendar/time/format.ts";
import { dayOf } from "../calendar/time/instants.ts";
import { useReading } from "../calendar/use-reading.ts";
import { ZoneSelect } from "../calendar/zone-select.tsx";
import { Failed } from "../session/failed.tsx";
import { LOCALES, localeName } from "./locales.ts";

const WEEK_STARTS = ["monday", "saturday", "sunday"] as const;

/** Zones, the week, the clock, and the language that dates are written in; each holds at once. */
export function TimesAndDates({ me }: { readonly me: Me }) {
	const { t } = useLingui();
	const now = useNow();
	const reading = useReading();
	const update = useMeUpdate();
	const { preferences, time_zone } = me;
	const set = (changed: Partial<Me["preferences"]>) => update.mutate({ preferences: changed });
	const days: Readonly<Record<(typeof WEEK_STARTS)[number], string>> = {
		monday: t`Monday`,
		saturday: t`Saturday`,
		sunday: t`Sunday`,
	};
	const browserZone = Temporal.Now.timeZoneId();
	return (
		<>
			<ZoneSelect
				label={t`Your time zone`}
				value={time_zone ?? ""}
				none={t`The browser's (${browserZone})`}
				at={now}
				first={[browserZone, "UTC"]}
				onChange={(zone) => update.mutate({ time_zone: zone === "" ? null : zone })}
			/>
			<ZoneSelect
				label={t`Second time zone, beside it in the calendar`}
				value={preferences.secondary_time_zone ?? ""}
				none={t`None`}
				at={now}
				first={["UTC"]}
				onChange={(zone) => set({ secondary_time_zone: zone === "" ? null : zone })}
			/>
			<div className="grid gap-4 sm:grid-cols-2">
				<Select
					label={t`Weeks begin on`}
					value={preferences.week_start ?? ""}
					onChange={({ target }) => set({ week_start: WEEK_STARTS.find((day) => day === target.value) ?? null })}
				>
					<option value="">{t`As the language has it`}</option>
					{WEEK_STARTS.map((day) => (
						<option key={day} value={day}>
							{days[day]}
						</option>
					))}
				</Select>
				<Select
					label={t`Clock`}
					value={preferences.hour_cycle ?? ""}
					onChange={({ target }) => set({ hour_cycle: target.value === "12" ? 12 : target.value === "24" ? 24 : null })}
				>
					<option value="">{t`As the language has it`}</option>
					<option value="24">{t`24 hours (14:30)`}</option>
					<option value="12">{t`12 hours (2:30 PM)`}</option>
				</Select>
			</div>
			<Select
				label={t`Language of dates and of mail to you`}
				help={t`The app's own texts are in English, mail in English or German.`}
				value={preferences.locale ?? ""}
				onChange={({ target }) => set({ locale: target.value === "" ? null : target.value })}
			>
				<option value="">{t`The browser's`}</option>
				{[...new Set([...LOCALES, ...(preferences.locale === null ? [] : [preferences.locale])])].map((locale) => (
					<option key={locale} value={locale} lang={locale}>
						{localeName(locale)}
					</option>
				))}
			</Select>
			<p className="text-sm text-muted">
				<Trans>
					It is {dayText(dayOf(now, reading.zone), reading.locale)}, {timeText(now, reading)}.
				</Trans>
			</p>
			<Failed error={update.error} />
		</>
	);
}
