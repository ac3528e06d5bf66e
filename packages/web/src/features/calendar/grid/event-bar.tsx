import type { Look } from "./to-grid.ts";

/** The calendar's colour before an event in a list, broken where it is not certain. */
export function EventBar({ look: { tentative, declined } }: { readonly look: Pick<Look, "tentative" | "declined"> }) {
	const fill =
		tentative && !declined
			? "bg-[repeating-linear-gradient(var(--cal-bar)_0_5px,transparent_5px_8px)]"
			: "rounded-full bg-(--cal-bar)";
	return <span aria-hidden="true" className={`h-9 w-1 shrink-0 forced-color-adjust-none ${fill}`} />;
}
