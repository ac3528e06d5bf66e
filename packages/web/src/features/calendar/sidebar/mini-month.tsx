import { useLingui } from "@lingui/react/macro";
import { ChevronLeft, ChevronRight } from "lucide-react";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { IconButton } from "../../../ui/button.tsx";
import { dayText } from "../time/format.ts";
import { type WeekStart, weekBegin } from "../url/state.ts";

export interface MiniMonthProps {
	/** `YYYY-MM-DD` */
	readonly date: string;
	readonly today: string;
	readonly locale: string;
	readonly weekStart: WeekStart;
	readonly onChange: (date: string) => void;
}

const KEYS: Readonly<Record<string, { days?: number; months?: number }>> = {
	ArrowLeft: { days: -1 },
	ArrowRight: { days: 1 },
	ArrowUp: { days: -7 },
	ArrowDown: { days: 7 },
	PageUp: { months: -1 },
	PageDown: { months: 1 },
};

/** A month to go to a day by. One day is in the tab order; arrows go on. */
export function MiniMonth({ date, today, locale, weekStart, onChange }: MiniMonthProps) {
	const { t } = useLingui();
	const [cursor, setCursor] = useState(date);
	const table = useRef<HTMLTableElement>(null);
	const moved = useRef(false);
	useEffect(() => setCursor(date), [date]);
	useEffect(() => {
		if (!moved.current) return;
		moved.current = false;
		table.current?.querySelector<HTMLElement>(`[data-day="${cursor}"]`)?.focus();
	}, [cursor]);
	const shown = Temporal.PlainDate.from(cursor);
	const first = weekBegin(shown.with({ day: 1 }), weekStart);
	const weeks = [0, 1, 2, 3, 4, 5].map((week) =>
		[0, 1, 2, 3, 4, 5, 6].map((day) => first.add({ days: week * 7 + day })),
	);
	const onKeyDown = (event: KeyboardEvent) => {
		const step = KEYS[event.key];
		if (step === undefined) return;
		event.preventDefault();
		const rtl = getComputedStyle(event.currentTarget).direction === "rtl";
		const sign = rtl && (event.key === "ArrowLeft" || event.key === "ArrowRight") ? -1 : 1;
		moved.current = true;
		setCursor(shown.add({ days: sign * (step.days ?? 0), months: step.months ?? 0 }).toString());
	};
	const month = dayText(cursor, locale, { month: "long", year: "numeric" });
	return (
		<div className="grid gap-1">
			<div className="flex items-center justify-between">
				<span aria-live="polite" className="ps-2 text-sm font-semibold whitespace-nowrap">
					{month}
				</span>
				<span className="flex">
					<IconButton
						label={t`Previous month`}
						onClick={() => setCursor(shown.with({ day: 1 }).subtract({ months: 1 }).toString())}
					>
						<ChevronLeft aria-hidden="true" className="size-4 rtl:rotate-180" />
					</IconButton>
					<IconButton
						label={t`Next month`}
						onClick={() => setCursor(shown.with({ day: 1 }).add({ months: 1 }).toString())}
					>
						<ChevronRight aria-hidden="true" className="size-4 rtl:rotate-180" />
					</IconButton>
				</span>
			</div>
			<table ref={table} className="w-full table-fixed text-center text-xs" aria-label={month} onKeyDown={onKeyDown}>
				<thead>
					<tr>
						{weeks[0]?.map((day) => (
							<th key={day.dayOfWeek} scope="col" className="py-1 font-medium text-muted">
								<span aria-hidden="true">{dayText(day.toString(), locale, { weekday: "narrow" })}</span>
								<span className="sr-only">{dayText(day.toString(), locale, { weekday: "long" })}</span>
							</th>
						))}
					</tr>
				</thead>
				<tbody>
					{weeks.map((week) => (
						<tr key={week[0]?.toString()}>
							{week.map((day) => {
								const text = day.toString();
								return (
									<td key={text} className="p-0">
										<button
											type="button"
											data-day={text}
											tabIndex={text === cursor ? 0 : -1}
											aria-label={dayText(text, locale)}
											aria-current={text === today ? "date" : undefined}
											aria-pressed={text === date}
											onClick={() => onChange(text)}
											className={`size-7 rounded-full tabular-nums hover:bg-hover aria-current:font-bold aria-current:text-accent aria-pressed:bg-accent aria-pressed:text-on-accent pointer-coarse:size-9 ${day.month === shown.month ? "" : "text-muted"}`}
										>
											{day.day}
										</button>
									</td>
								);
							})}
						</tr>
					))}
				</tbody>
			</table>
		</div>
	);
}
