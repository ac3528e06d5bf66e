import type { Booking, Calendar, Payment } from "@kalends/client";
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { kalends } from "../../api/kalends.ts";
import { Button, buttonClass } from "../../ui/button.tsx";
import { CalendarMark } from "../../ui/calendar-mark.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { ConfirmDialog } from "../../ui/dialog.tsx";
import { announce } from "../../ui/live-region.tsx";
import { relativeTime } from "../../ui/relative-time.ts";
import { daysText } from "../calendar/details/when.ts";
import { timesText } from "../calendar/time/format.ts";
import { instantOf } from "../calendar/time/instants.ts";
import type { PersonalReading } from "../calendar/use-reading.ts";
import { isDay } from "../calendar/wire.ts";
import { Failed } from "../session/failed.tsx";
import { useBookingStates } from "./booking-states.ts";
import { moneyText } from "./money.ts";

export interface BookingRowProps {
	readonly booking: Booking;
	readonly calendar: Calendar | null;
	readonly reading: PersonalReading;
	readonly now: number;
}

/** One booking: what, when, in which state and why, and its payments. */
export function BookingRow({ booking, calendar, reading, now }: BookingRowProps) {
	const { t } = useLingui();
	const client = useQueryClient();
	const states = useBookingStates();
	const [asking, setAsking] = useState(false);
	const { id, state, title, start, end, expires_at, event_id, reason_detail, payments, reference, mode } = booking;
	const cancel = useMutation({
		mutationFn: () => kalends.bookings.cancel(id),
		onSuccess: () => {
			setAsking(false);
			announce(t`The booking was cancelled`);
		},
		onSettled: () => Promise.all(["bookings", "events"].map((kind) => client.invalidateQueries({ queryKey: [kind] }))),
	});
	const times = timesText(instantOf(start, reading.zone), instantOf(end, reading.zone), reading);
	const { label, tone } = states[state];
	const name = title === "" ? t`(No title)` : title;
	// In conflict as its calendar refuses it, its event is there to be tried again.
	const isOpen = state === "held" || state === "confirmed" || state === "conflict";
	return (
		<li className="grid gap-1.5 border-line px-4 py-3 text-sm not-first:border-t">
			<div className="flex flex-wrap items-center gap-x-3 gap-y-1">
				<CalendarMark name={calendar?.name ?? ""} color={calendar?.color ?? null} />
				<span dir="auto" className="min-w-0 flex-1 basis-40 font-medium">
					{name}
				</span>
				<span className={`rounded-full px-2.5 py-0.5 font-medium text-text ${tone}`}>{label}</span>
				{mode === "test" ? <span className="text-warn">{t`Test payment`}</span> : null}
			</div>
			<p>
				{daysText({ start, end }, reading)}
				{isDay(start) ? "" : `, ${times}`}
				{calendar === null ? null : (
					<span className="text-muted">
						{" · "}
						<bdi>{calendar.name}</bdi>
					</span>
				)}
			</p>
			{state === "held" && expires_at !== null ? (
				<p className="text-muted">
					<Trans>Unless it is paid, the slot is free again {relativeTime(expires_at, now, reading.locale)}.</Trans>
				</p>
			) : null}
			{reason_detail === null ? null : (
				<p className={state === "conflict" ? "text-danger" : "text-muted"}>{reason_detail}</p>
			)}
			{payments.map((payment) => (
				<PaymentLine key={payment.id} payment={payment} locale={reading.locale} now={now} />
			))}
			<p className="flex flex-wrap items-center gap-x-2 text-muted">
				{reference === null ? null : (
					<span>
						<Trans>
							Reference <bdi>{reference}</bdi>
						</Trans>
					</span>
				)}
				<span>
					<Trans>
						Booking <code>{id}</code>
					</Trans>
				</span>
				<CopyButton text={id} label={t`Copy the booking's id`} />
			</p>
			<Failed error={asking ? null : cancel.error} />
			<div className="flex flex-wrap gap-2 empty:hidden">
				{event_id === null || !isOpen ? null : (
					<Link to="/" search={{ event: event_id }} className={buttonClass("secondary")}>
						{t`Open the event`}
					</Link>
				)}
				{isOpen ? (
					<Button kind="quiet" className="text-danger! first:-ms-3.25" onClick={() => setAsking(true)}>
						{t`Cancel the booking`}
					</Button>
				) : null}
			</div>
			<ConfirmDialog
				title={
					<Trans>
						Cancel “<bdi>{name}</bdi>”?
					</Trans>
				}
				isOpen={asking}
				onClose={() => setAsking(false)}
				confirm={t`Cancel the booking`}
				keep={t`Keep it`}
				busy={cancel.isPending}
				onConfirm={() => cancel.mutate()}
			>
				<Failed error={cancel.error} />
				<p>
					<Trans>
						Its event goes, and guests who were invited are told. Money is not given back: do that where it was paid.
					</Trans>
				</p>
			</ConfirmDialog>
		</li>
	);
}

export interface PaymentLineProps {
	readonly payment: Payment;
	readonly locale: string;
	readonly now: number;
}

/** A payment in a line: how much, by whom, what became of it. */
export function PaymentLine({ payment, locale, now }: PaymentLineProps) {
	const { t } = useLingui();
	const { amount, currency, payer, paid, failed, refunded, source, updated_at } = payment;
	const what = refunded ? t`refunded` : failed && !paid ? t`failed` : paid ? t`paid` : t`announced`;
	return (
		<p>
			{amount === null || currency === null ? t`Payment` : moneyText(amount, currency, locale)} {what}
			<span className="text-muted">
				{payer === null ? null : (
					<>
						{" · "}
						<bdi>{payer.name ?? payer.email}</bdi>
					</>
				)}
				{" · "}
				{source === "stripe" ? "Stripe" : t`other system`}
				{" · "}
				{relativeTime(updated_at, now, locale)}
			</span>
		</p>
	);
}
