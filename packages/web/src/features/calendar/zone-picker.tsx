import { useLingui } from "@lingui/react/macro";
import { Globe } from "lucide-react";
import { useId } from "react";
import { buttonClass } from "../../ui/button.tsx";
import { zoneText } from "./time/format.ts";
import { startOfDay } from "./time/instants.ts";
import type { CalendarUrl } from "./use-calendar.ts";
import { ZoneSelect } from "./zone-select.tsx";

/** Says which zone times are shown in; pressed, another one can be chosen, and a second beside it. */
export function ZonePicker({ url: { state, ownZone, go } }: { readonly url: CalendarUrl }) {
	const { t } = useLingui();
	const id = useId();
	const noon = startOfDay(state.date, state.zone) + 43_200_000;
	const text = zoneText(state.zone, noon);
	const foreign = state.zone !== ownZone;
	return (
		<>
			<button
				type="button"
				popoverTarget={id}
				aria-label={t`Time zone: ${text}`}
				className={buttonClass("quiet", `min-w-0 max-w-64 ${foreign ? "bg-warn-soft" : "text-muted"}`)}
			>
				<Globe aria-hidden="true" className="size-4 shrink-0" />
				<span className="truncate">{text}</span>
			</button>
			<div
				id={id}
				popover="auto"
				role="dialog"
				aria-label={t`Time zones`}
				// What is typed next names a zone.
				onToggle={({ newState, currentTarget }) => {
					if (newState === "open") currentTarget.querySelector("select")?.focus();
				}}
				className="inset-auto end-4 top-16 m-0 w-[min(20rem,calc(100vw-2rem))] rounded-2xl border border-line bg-raised p-4 text-text shadow-raised"
			>
				<div className="grid gap-4">
					<ZoneSelect
						label={t`Show times in`}
						value={state.zone}
						at={noon}
						first={[ownZone]}
						onChange={(zone) => go({ zone: zone === ownZone ? undefined : zone })}
					/>
					<ZoneSelect
						label={t`Second time zone`}
						value={state.secondZone ?? ""}
						none={t`None`}
						at={noon}
						first={[ownZone, "UTC"]}
						onChange={(zone) => go({ second_zone: zone === "" ? "none" : zone })}
					/>
				</div>
			</div>
		</>
	);
}
