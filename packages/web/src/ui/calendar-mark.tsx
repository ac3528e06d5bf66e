import type { CSSProperties } from "react";
import { calendarColorProperties, calendarGlyph, PALETTE } from "./calendar-color.ts";

/** A calendar's colour with its letter. Who shows it alone gives the name to the ear elsewhere. */
export function CalendarMark({ name, color }: { readonly name: string; readonly color: string | null }) {
	return (
		<span
			aria-hidden="true"
			style={calendarColorProperties(color ?? PALETTE[0]) as CSSProperties}
			className="inline-grid size-6 shrink-0 place-items-center rounded-md border border-(--cal-bar) bg-(--cal-background) text-xs font-bold text-(--cal-text) forced-color-adjust-none"
		>
			{calendarGlyph(name)}
		</span>
	);
}
