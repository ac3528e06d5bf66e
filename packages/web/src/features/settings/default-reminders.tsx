import type { Calendar } from "@kalends/client";
import { Trans, useLingui } from "@lingui/react/macro";
import { X } from "lucide-react";
import { IconButton } from "../../ui/button.tsx";
import { Select } from "../../ui/field.tsx";

type Reminder = Calendar["default_reminders"][number];

const MINUTES = [0, 5, 10, 15, 30, 60, 120, 1_440, 2_880, 10_080];
const MOST = 10;

/** When events of a calendar remind that say nothing of their own. */
export function DefaultReminders({
	reminders,
	onChange,
}: {
	readonly reminders: readonly Reminder[];
	readonly onChange: (reminders: readonly Reminder[]) => void;
}) {
	const { t, i18n } = useLingui();
	const left = MINUTES.filter((minutes) => !reminders.some((reminder) => reminder.minutes === minutes));
	return (
		<div className="grid content-start gap-1.5">
			{reminders.length === 0 ? null : (
				<ul className="flex flex-wrap gap-1.5" aria-label={t`Default reminders`}>
					{reminders.map((reminder) => {
						const words = beforeStart(reminder.minutes);
						return (
							<li
								key={`${reminder.method} ${reminder.minutes}`}
								className="inline-flex items-center rounded-full border border-line-strong ps-3"
							>
								{reminder.method === "email" ? t`${words} by e-mail` : words}
								<IconButton
									label={t`Remove: ${words}`}
									onClick={() => onChange(reminders.filter((one) => one !== reminder))}
								>
									<X aria-hidden="true" className="size-4" />
								</IconButton>
							</li>
						);
					})}
				</ul>
			)}
			{reminders.length >= MOST ? null : (
				<Select
					label={<Trans>Add a default reminder</Trans>}
					value=""
					onChange={(event) => onChange([...reminders, { method: "popup", minutes: Number(event.target.value) }])}
				>
					<option value="" disabled>
						{t`Choose…`}
					</option>
					{left.map((minutes) => (
						<option key={minutes} value={minutes}>
							{beforeStart(minutes)}
						</option>
					))}
				</Select>
			)}
		</div>
	);

	function beforeStart(minutes: number): string {
		if (minutes === 0) return t`At the start`;
		const [unit, size] =
			minutes % 1_440 === 0
				? (["day", 1_440] as const)
				: minutes % 60 === 0
					? (["hour", 60] as const)
					: (["minute", 1] as const);
		const length = new Intl.NumberFormat(i18n.locale, { style: "unit", unit, unitDisplay: "long" }).format(
			minutes / size,
		);
		return t`${length} before`;
	}
}
