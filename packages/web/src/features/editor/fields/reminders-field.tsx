import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { Plus, X } from "lucide-react";
import { Button, IconButton } from "../../../ui/button.tsx";
import { Checkbox } from "../../../ui/field.tsx";
import type { EventValues, Reminder } from "../form/values.ts";

const MINUTES = [0, 5, 10, 15, 30, 60, 120, 1440, 2880, 10_080] as const;

export interface RemindersFieldProps {
	readonly value: EventValues["reminders"];
	readonly onChange: (value: EventValues["reminders"]) => void;
}

export function RemindersField({ value, onChange }: RemindersFieldProps) {
	const { t } = useLingui();
	const own = value === "default" ? [] : value;
	const set = (index: number, reminder: Reminder) => onChange(own.map((one, at) => (at === index ? reminder : one)));
	return (
		<fieldset className="grid min-w-0 grid-cols-[minmax(0,1fr)] content-start justify-items-start gap-2">
			<legend className="mb-1.5 text-sm font-medium">{t`Reminders`}</legend>
			<Checkbox
				label={<Trans>As the calendar has it</Trans>}
				checked={value === "default"}
				onChange={({ target }) => onChange(target.checked ? "default" : [{ method: "popup", minutes: 10 }])}
			/>
			{own.map((reminder, index) => (
				// biome-ignore lint/suspicious/noArrayIndexKey: two reminders can be equal, and their place is all that tells them apart
				<div key={index} className="flex w-full items-center gap-1">
					<select
						aria-label={t`How reminder ${index + 1} comes`}
						value={reminder.method}
						onChange={({ target }) => set(index, { ...reminder, method: target.value === "email" ? "email" : "popup" })}
						className="min-h-10 min-w-0 rounded-lg border border-line-strong bg-surface ps-2 pe-6 text-sm"
					>
						<option value="popup">{t`Notification`}</option>
						<option value="email">{t`E-mail`}</option>
					</select>
					<select
						aria-label={t`When reminder ${index + 1} comes`}
						value={reminder.minutes}
						onChange={({ target }) => set(index, { ...reminder, minutes: Number(target.value) })}
						className="min-h-10 min-w-0 flex-1 rounded-lg border border-line-strong bg-surface ps-2 pe-6 text-sm"
					>
						{[...new Set([...MINUTES, reminder.minutes])]
							.sort((a, b) => a - b)
							.map((minutes) => (
								<option key={minutes} value={minutes}>
									<BeforeText minutes={minutes} />
								</option>
							))}
					</select>
					<IconButton
						label={t`Remove reminder ${index + 1}`}
						onClick={() => onChange(own.filter((_, at) => at !== index))}
					>
						<X aria-hidden="true" className="size-4" />
					</IconButton>
				</div>
			))}
			{value === "default" || own.length >= 5 ? null : (
				<Button
					kind="quiet"
					className="w-fit text-accent"
					onClick={() => onChange([...own, { method: "popup", minutes: 10 }])}
				>
					<Plus aria-hidden="true" className="size-4" />
					{t`Add a reminder`}
				</Button>
			)}
		</fieldset>
	);
}

function BeforeText({ minutes }: { readonly minutes: number }) {
	if (minutes === 0) return <Trans>when it starts</Trans>;
	if (minutes % 10_080 === 0) return <Plural value={minutes / 10_080} one="# week before" other="# weeks before" />;
	if (minutes % 1440 === 0) return <Plural value={minutes / 1440} one="# day before" other="# days before" />;
	if (minutes % 60 === 0) return <Plural value={minutes / 60} one="# hour before" other="# hours before" />;
	return <Plural value={minutes} one="# minute before" other="# minutes before" />;
}
