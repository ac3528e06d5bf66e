import { Trans, useLingui } from "@lingui/react/macro";
import { dayText, hourText, type Reading, timesText } from "../../calendar/time/format.ts";
import { dayOf } from "../../calendar/time/instants.ts";
import type { Guest } from "../form/values.ts";
import { type Block, type Frame, type Row, ticksOf } from "./plan.ts";
import { BusySentences, FreeSentence, GuestName, UnknownSentence, ZoneNote } from "./sentences.tsx";
import type { FreeBusy } from "./use-free-busy.ts";

interface FreeBusyProps {
	readonly freeBusy: FreeBusy;
	readonly reading: Reading;
}

/** The one line of an event without guests: what of the person's own is at its time. Its place is kept, so that nothing moves. */
export function OwnConflicts({ freeBusy, reading }: { freeBusy: FreeBusy | null; reading: Reading }) {
	const { rows, frame } = freeBusy ?? { rows: null, frame: null };
	const busy = rows?.some(({ conflicts }) => conflicts.length > 0) ?? false;
	return (
		<p role="status" className="-my-3 min-h-5 text-sm text-warn">
			{rows !== null && frame !== null && busy ? (
				<>
					<BusySentences rows={rows} frame={frame} reading={reading} />
					<ZoneNote frame={frame} reading={reading} />
				</>
			) : null}
		</p>
	);
}

/** When everybody is busy on the event's day, as far as calendars here tell, and in words what that means for its time. */
export function FreeBusyStrip({ freeBusy, reading }: FreeBusyProps) {
	const { t } = useLingui();
	const { frame, people, rows, failed } = freeBusy;
	const guests: readonly (Guest | null)[] = [null, ...people.known.map(({ guest }) => guest)];
	const busy = rows?.some(({ conflicts }) => conflicts.length > 0) ?? false;
	return (
		<section aria-label={t`Free and busy`} className="card @container grid gap-2 p-3 text-sm">
			<ul className="grid gap-1.5 @sm:grid-cols-[fit-content(9rem)_minmax(0,1fr)] @sm:gap-x-3">
				<li aria-hidden="true" className="contents">
					<span className="hidden @sm:block" />
					<Ticks frame={frame} reading={reading} />
				</li>
				{guests.map((guest) => (
					<li key={guest?.email ?? ""} className="contents">
						<span className="self-center truncate">{guest === null ? t`You` : <GuestName guest={guest} />}</span>
						<Bar
							frame={frame}
							row={rows?.find((row) => row.guest?.email === guest?.email) ?? null}
							reading={{ ...reading, zone: frame.zone }}
						/>
					</li>
				))}
			</ul>
			<p role="status" className={`min-h-5 ${busy ? "text-warn" : ""}`}>
				{failed && rows === null ? (
					<Trans>Who is busy then could not be read.</Trans>
				) : rows === null ? null : busy ? (
					<BusySentences rows={rows} frame={frame} reading={reading} />
				) : (
					<FreeSentence people={people} />
				)}
			</p>
			<p className="text-muted empty:hidden">
				<UnknownSentence guests={people.unknown} locale={reading.locale} />
			</p>
			<ZoneNote frame={frame} reading={reading} />
		</section>
	);
}

/** The part of the frame that it takes, as styles. */
function placeOf({ start, end }: Block, frame: Block) {
	const percent = (length: number) => `${((100 * length) / (frame.end - frame.start)).toFixed(3)}%`;
	return { insetInlineStart: percent(start - frame.start), width: percent(end - start) };
}

function Ticks({ frame, reading: { locale, hour12 } }: { readonly frame: Frame; readonly reading: Reading }) {
	const { kind, at } = ticksOf(frame);
	return (
		<span className="relative block h-4 text-xs text-muted">
			{at.map((tick) => (
				<span
					key={tick}
					className="absolute whitespace-nowrap"
					style={{ insetInlineStart: placeOf({ start: tick, end: tick }, frame).insetInlineStart }}
				>
					{kind === "hour"
						? hourText(tick, { locale, hour12, zone: frame.zone })
						: dayText(dayOf(tick, frame.zone), locale, { day: "numeric", month: "short" })}
				</span>
			))}
		</span>
	);
}

function Bar({ frame, row, reading }: { readonly frame: Frame; readonly row: Row | null; readonly reading: Reading }) {
	const { t } = useLingui();
	const times = (row?.busy ?? []).map(({ start, end }) => timesText(start, end, reading)).join("; ");
	return (
		<span className="relative block h-6 overflow-hidden rounded-sm border border-line bg-sunken">
			<span className="sr-only">{row === null ? "" : times === "" ? t`free` : t`busy ${times}`}</span>
			{ticksOf(frame).at.map((tick) => (
				<span
					key={tick}
					aria-hidden="true"
					className="absolute inset-y-0 border-s border-line"
					style={{ insetInlineStart: placeOf({ start: tick, end: tick }, frame).insetInlineStart }}
				/>
			))}
			{row?.busy.map((block) => (
				<span
					key={block.start}
					aria-hidden="true"
					className="absolute inset-y-1 rounded-xs bg-line-strong forced-color-adjust-none forced-colors:bg-[CanvasText]"
					style={placeOf(block, frame)}
				/>
			))}
			<span
				aria-hidden="true"
				className={`absolute inset-y-0 rounded-sm border-2 ${row !== null && row.conflicts.length > 0 ? "border-warn" : "border-accent"}`}
				style={placeOf(frame.event, frame)}
			/>
		</span>
	);
}
