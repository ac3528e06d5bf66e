import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { Fragment } from "react";
import { daysText } from "../../calendar/details/when.ts";
import { dayText, type Reading, SHORT_DAY, timesText, zoneText } from "../../calendar/time/format.ts";
import { dayOf, withOffset } from "../../calendar/time/instants.ts";
import type { Guest } from "../form/values.ts";
import type { Conflict, Frame, Row } from "./plan.ts";
import type { FreeBusy } from "./use-free-busy.ts";

/** "You are busy then: Stand-up, 10:00 – 10:30", of each who is; nothing of who is free. */
export function BusySentences({ rows, frame, reading }: Told & { readonly rows: readonly Row[] }) {
	return rows
		.filter(({ conflicts }) => conflicts.length > 0)
		.map(({ guest, conflicts }) => {
			const what = <Conflicts {...{ conflicts, frame, reading }} />;
			return (
				<span key={guest?.email ?? ""} className="block">
					{guest === null ? (
						<Trans>You are busy then: {what}</Trans>
					) : (
						<Trans>
							<GuestName guest={guest} /> is busy then: {what}
						</Trans>
					)}
				</span>
			);
		});
}

/** What it says of everybody, where nobody is busy. */
export function FreeSentence({ people: { known, unknown } }: Pick<FreeBusy, "people">) {
	if (known.length === 0) return <Trans>You are free then.</Trans>;
	return unknown.length === 0 ? (
		<Trans>Everybody is free then.</Trans>
	) : (
		<Trans>Everybody who is known is free then.</Trans>
	);
}

/** Of whom nothing is known. */
export function UnknownSentence({ guests, locale }: { readonly guests: readonly Guest[]; readonly locale: string }) {
	if (guests.length === 0) return null;
	const names = <Names guests={guests} locale={locale} />;
	return (
		<Plural
			value={guests.length}
			one={<Trans>It is not known when {names} is free: no calendar here tells.</Trans>}
			other={<Trans>It is not known when {names} are free: no calendar here tells.</Trans>}
		/>
	);
}

/** Whose clock the times are read by, where that is not the person's own. */
export function ZoneNote({ frame, reading }: Told) {
	const { t } = useLingui();
	if (frame.zone === reading.zone) return null;
	const zone = zoneText(frame.zone, frame.event.start);
	return <span className="text-muted">{t`Times of ${zone}`}</span>;
}

export function GuestName({ guest: { name, email } }: { readonly guest: Guest }) {
	return <bdi>{name ?? email}</bdi>;
}

interface Told {
	readonly frame: Frame;
	readonly reading: Reading;
}

const MOST_NAMED = 3;

function Conflicts({ conflicts, frame, reading }: Told & { readonly conflicts: readonly Conflict[] }) {
	const { t } = useLingui();
	const named = conflicts.length === MOST_NAMED + 1 ? conflicts : conflicts.slice(0, MOST_NAMED);
	const more = conflicts.length - named.length;
	return (
		<>
			{named.map((conflict, index) => (
				<Fragment key={`${conflict.start} ${conflict.end} ${conflict.title}`}>
					{index === 0 ? "" : "; "}
					{conflict.title === null ? null : (
						<>
							<bdi>{conflict.title === "" ? t`(No title)` : conflict.title}</bdi>
							{", "}
						</>
					)}
					<span className="whitespace-nowrap">{whenText(conflict, frame, reading, t`all day`)}</span>
				</Fragment>
			))}
			{more === 0 ? null : (
				<>
					{"; "}
					<Plural value={more} one="# more" other="# more" />
				</>
			)}
		</>
	);
}

/** Its times; with its days, where it or the strip is of more than one. */
function whenText({ start, end, allDay }: Conflict, { zone, days }: Frame, reading: Reading, wholeDay: string): string {
	const there = { ...reading, zone };
	const isOneDay = Temporal.PlainDate.from(days.from).add({ days: 1 }).toString() === days.to;
	if (allDay) {
		if (isOneDay) return wholeDay;
		const point = (instant: number) => ({ date_time: withOffset(instant, zone), time_zone: zone });
		return daysText({ start: point(start), end: point(end) }, there);
	}
	const times = timesText(start, end, there);
	return isOneDay ? times : `${dayText(dayOf(start, zone), reading.locale, SHORT_DAY)}, ${times}`;
}

function Names({ guests, locale }: { readonly guests: readonly Guest[]; readonly locale: string }) {
	const places = new Intl.ListFormat(locale).formatToParts(guests.map((_, index) => String(index)));
	return places.map(({ type, value }) => {
		const guest = type === "element" ? guests[Number(value)] : undefined;
		return guest === undefined ? value : <GuestName key={guest.email} guest={guest} />;
	});
}
