import type { Booking } from "@kalends/client";
import { Trans, useLingui } from "@lingui/react/macro";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { TicketCheck } from "lucide-react";
import { kalends } from "../../api/kalends.ts";
import { calendarsQuery } from "../../api/queries.ts";
import { shownQuery } from "../../api/shown.ts";
import { Page } from "../../app/page.tsx";
import { FilteredList, StateFilter, useListFilter } from "../../ui/filtered-list.tsx";
import { Empty } from "../../ui/states.tsx";
import { Steady } from "../../ui/steady.tsx";
import { useNow } from "../../ui/use-now.ts";
import { useReading } from "../calendar/use-reading.ts";
import { BookingRow } from "./booking-row.tsx";
import { useBookingStates } from "./booking-states.ts";
import { OtherPayments } from "./other-payments.tsx";

const LOOK_EVERY_MS = 5_000;

/** Looked at again while one is held: payments come from outside. */
function bookingsQuery(state: Booking["state"] | null, shown: number) {
	return queryOptions({
		...shownQuery(["bookings"], state, shown, (query, options) => kalends.bookings.list(query, options)),
		refetchInterval: ({ state: query }) =>
			query.data?.some((booking) => booking.state === "held") ? LOOK_EVERY_MS : false,
	});
}

/** Slots that are held until they are paid, what became of them, and payments that belong to none. */
export function BookingsPage() {
	const { t } = useLingui();
	const { held, confirmed, conflict, released, cancelled } = useBookingStates();
	const names = {
		held: held.label,
		confirmed: confirmed.label,
		conflict: conflict.label,
		released: released.label,
		cancelled: cancelled.label,
	};
	const filter = useListFilter<Booking["state"]>();
	const { state } = filter;
	const bookings = useQuery(bookingsQuery(state, filter.shown));
	const calendars = useQuery(calendarsQuery);
	const reading = useReading();
	const now = useNow();
	return (
		<Page title={t`Bookings`}>
			<p className="max-w-prose text-muted">
				<Trans>
					A booking holds a slot in a calendar until it is paid. Programs make them over the API; payments come from
					Stripe or from other systems. <a href="/docs">The API reference</a> says how.
				</Trans>
			</p>
			<Steady waiting={bookings.isPending}>
				<section aria-labelledby="bookings" className="grid gap-3">
					<h2 id="bookings" className="sr-only">
						<Trans>Bookings</Trans>
					</h2>
					{bookings.data?.length === 0 && state === null ? null : <StateFilter {...{ filter, names }} />}
					<FilteredList
						label={t`Bookings`}
						query={bookings}
						filter={filter}
						skeleton="h-40"
						failed={t`Bookings could not be loaded.`}
						empty={
							<div className="card">
								<Empty
									icon={<TicketCheck aria-hidden="true" className="size-8" />}
									title={state === null ? t`No bookings yet` : t`None is like that`}
								>
									{state === null ? <Trans>Make one by POST /v1/bookings.</Trans> : null}
								</Empty>
							</div>
						}
					>
						{(booking) => (
							<BookingRow
								key={booking.id}
								calendar={calendars.data?.find(({ id }) => id === booking.calendar_id) ?? null}
								{...{ booking, reading, now }}
							/>
						)}
					</FilteredList>
				</section>
				<OtherPayments now={now} locale={reading.locale} />
			</Steady>
		</Page>
	);
}
