import type { Booking } from "@kalends/client";
import { useLingui } from "@lingui/react/macro";

interface StateWords {
	readonly label: string;
	readonly tone: string;
}

/** What the states are called, and how they look. */
export function useBookingStates(): Readonly<Record<Booking["state"], StateWords>> {
	const { t } = useLingui();
	return {
		held: { label: t`Held`, tone: "bg-accent-soft" },
		confirmed: { label: t`Confirmed`, tone: "bg-ok-soft" },
		conflict: { label: t`Conflict`, tone: "bg-danger-soft" },
		released: { label: t`Released`, tone: "bg-sunken" },
		cancelled: { label: t`Cancelled`, tone: "bg-sunken" },
	};
}
