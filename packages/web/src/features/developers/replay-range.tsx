import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { Button } from "../../ui/button.tsx";
import { Select, TextField } from "../../ui/field.tsx";
import { at } from "../calendar/time/instants.ts";
import { useReading } from "../calendar/use-reading.ts";
import { rangeFault } from "./replayed-range.ts";

export interface ReplayedRange {
	/** RFC 3339. */
	readonly from: string;
	readonly to: string;
	readonly state?: "delivered" | "failed";
}

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** From when to when, and which: for a receiver that has lost what it was sent. */
export function ReplayRange({
	busy,
	onReplay,
}: {
	readonly busy: boolean;
	readonly onReplay: (range: ReplayedRange) => void;
}) {
	const { t } = useLingui();
	const { zone } = useReading();
	const wall = (instant: number) => at(instant, zone).toPlainDateTime().toString({ smallestUnit: "minute" });
	const [from, setFrom] = useState(() => wall(Date.now() - DAY_MS));
	const [to, setTo] = useState(() => wall(Date.now() + MINUTE_MS));
	const [state, setState] = useState("");
	const fault = rangeFault(from, to);
	const error =
		fault === null ? undefined : fault === "missing" ? t`Fill in both times.` : t`The end comes after the start.`;
	const instant = (text: string) => Temporal.PlainDateTime.from(text).toZonedDateTime(zone).toInstant().toString();
	return (
		<form
			className="grid gap-3 rounded-lg bg-sunken p-3"
			noValidate
			onSubmit={(event) => {
				event.preventDefault();
				if (fault !== null) return;
				const which: Pick<ReplayedRange, "state"> = state === "delivered" || state === "failed" ? { state } : {};
				onReplay({ from: instant(from), to: instant(to), ...which });
			}}
		>
			<div className="grid gap-3 sm:grid-cols-2">
				<TextField
					type="datetime-local"
					label={t`From`}
					value={from}
					onChange={({ target }) => setFrom(target.value)}
				/>
				<TextField
					type="datetime-local"
					label={t`To`}
					value={to}
					error={error}
					onChange={({ target }) => setTo(target.value)}
				/>
			</div>
			<div className="flex flex-wrap items-end justify-between gap-3">
				<div className="w-full sm:w-52">
					<Select label={t`Which`} value={state} onChange={({ target }) => setState(target.value)}>
						<option value="">{t`All that do not wait`}</option>
						<option value="delivered">{t`Delivered`}</option>
						<option value="failed">{t`Given up`}</option>
					</Select>
				</div>
				<Button type="submit" kind="primary" busy={busy}>
					{t`Send these again`}
				</Button>
			</div>
			<p className="text-sm text-muted">
				<Trans>Each comes again as a new entry, with the webhook-id of the first time.</Trans>
			</p>
		</form>
	);
}
