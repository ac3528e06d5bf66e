import type { Booking } from "@kalends/client";
import { Trans, useLingui } from "@lingui/react/macro";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { TicketCheck } from "lucide-react";
import { useState } from "react";
import { kalends } from "../../api/kalends.ts";
import { calendarsQuery } from "../../api/queries.ts";
import { readShown, STEP } from "../../api/shown.ts";
import { Page } from "../../app/page.tsx";
import { Select } from "../../ui/field.tsx";
import { MoreList } from "../../ui/more-list.tsx";
import { Empty, ErrorState, Loading, Skeleton } from "../../ui/states.tsx";
import { Steady } from "../../ui/steady.tsx";
import { useNow } from "../../ui/use-now.ts";
import { useReading } from "../calendar/use-reading.ts";
import { BookingRow } from "./booking-row.tsx";
import { useBookingStates } from "./booking-states.ts";
import { OtherPayments } from "./other-payments.tsx";

const LOOK_EVERY_MS = 5_000;
const STATES = ["held", "confirmed", "conflict", "released", "cancelled"] as const;

/** Looked at again while one is held: payments come from outside. */
function bookingsQuery(state: Booking["state"] | null, shown: number) {
	const filter = state === null ? {} : { state };
	return queryOptions({
		queryKey: ["bookings", state, shown],
		queryFn: ({ signal }) => readShown((page) => kalends.bookings.list({ ...page, ...filter }, { signal }), shown),
		placeholderData: (before, query) => (query?.queryKey.at(-2) === state ? before : undefined),
		refetchInterval: ({ state: query }) =>
			query.data?.some((booking) => booking.state === "held") ? LOOK_EVERY_MS : false,
	});
}

/** Slots that are held until they are paid, what became of them, and payments that belong to none. */
export function BookingsPage() {
	const { t } = useLingui();
	const states = useBookingStates();
	const [state, setState] = useState<Booking["state"] | null>(null);
	const [shown, setShown] = useState(STEP);
	const bookings = useQuery(bookingsQuery(state, shown));
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
					{bookings.data?.length === 0 && state === null ? null : (
						<div className="w-full sm:w-56">
							<Select
								label={t`Show`}
								value={state ?? ""}
								onChange={({ target }) => {
									setState(STATES.find((one) => one === target.value) ?? null);
									setShown(STEP);
								}}
							>
								<option value="">{t`All`}</option>
								{STATES.map((one) => (
									<option key={one} value={one}>
										{states[one].label}
									</option>
								))}
							</Select>
						</div>
					)}
					{bookings.isPending ? (
						<Loading>
							<Skeleton className="h-20" />
							<Skeleton className="h-20" />
						</Loading>
					) : bookings.isError ? (
						<ErrorState
							title={t`Bookings could not be loaded.`}
							error={bookings.error}
							onRetry={() => void bookings.refetch()}
						/>
					) : bookings.data.length === 0 ? (
						<div className="card">
							<Empty
								icon={<TicketCheck aria-hidden="true" className="size-8" />}
								title={state === null ? t`No bookings yet` : t`None is like that`}
							>
								{state === null ? <Trans>Make one by POST /v1/bookings.</Trans> : null}
							</Empty>
						</div>
					) : (
						<MoreList
							label={t`Bookings`}
							className="card"
							items={bookings.data}
							shown={shown}
							busy={bookings.isPlaceholderData}
							onMore={() => setShown(shown + STEP)}
						>
							{(booking) => (
								<BookingRow
									key={booking.id}
									calendar={calendars.data?.find(({ id }) => id === booking.calendar_id) ?? null}
									{...{ booking, reading, now }}
								/>
							)}
						</MoreList>
					)}
				</section>
				<OtherPayments now={now} locale={reading.locale} />
			</Steady>
		</Page>
	);
}
