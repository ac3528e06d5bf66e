import { Trans, useLingui } from "@lingui/react/macro";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { kalends } from "../../api/kalends.ts";
import { ErrorState, Loading, Skeleton } from "../../ui/states.tsx";
import { PaymentLine } from "./booking-row.tsx";

const READ = 200;

/** Of the newest 200 payments those that belong to no booking, or could not be used for theirs. */
const otherPaymentsQuery = queryOptions({
	queryKey: ["bookings", "other-payments"],
	queryFn: async ({ signal }) => {
		const payments = await kalends.bookings.payments({ limit: READ }, { signal }).all(READ);
		return payments.filter(({ booking_id, problem }) => booking_id === null || problem !== null);
	},
});

/** Payments that nobody here knows what they are for: somebody should look. */
export function OtherPayments({ now, locale }: { readonly now: number; readonly locale: string }) {
	const { t } = useLingui();
	const { data, error, isPending, isError, refetch } = useQuery(otherPaymentsQuery);
	return (
		<section aria-labelledby="payments" className="grid gap-3">
			<h2 id="payments" className="text-lg font-semibold">
				<Trans>Payments without a booking</Trans>
			</h2>
			{isPending ? (
				<Loading>
					<Skeleton className="h-12" />
				</Loading>
			) : isError ? (
				<ErrorState title={t`Payments could not be loaded.`} error={error} onRetry={() => void refetch()} />
			) : data.length === 0 ? (
				<p className="text-sm text-muted">
					<Trans>None: every payment that came belongs to a booking.</Trans>
				</p>
			) : (
				<ul className="card" aria-label={t`Payments without a booking`}>
					{data.map((payment) => (
						<li key={payment.id} className="grid gap-1 border-line px-4 py-3 text-sm not-first:border-t">
							<PaymentLine payment={payment} locale={locale} now={now} />
							<p className="text-warn">{payment.problem ?? t`Nothing in it says what it is for.`}</p>
							<p className="text-muted">
								<code>{payment.id}</code>
								{payment.mode === "test" ? <> · {t`Test payment`}</> : null}
							</p>
						</li>
					))}
				</ul>
			)}
		</section>
	);
}
