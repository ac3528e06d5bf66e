import { useLingui } from "@lingui/react/macro";
import type { ReactNode } from "react";

/** A grey shape of what is coming; not seen at all where it comes within 150 ms. */
export function Skeleton({ className = "" }: { readonly className?: string }) {
	return (
		<div className="appear-late" aria-hidden="true">
			<div className={`pulse-soft rounded-lg bg-hover ${className}`} />
		</div>
	);
}

/** Around skeletons: says that something is loading. */
export function Loading({ children, label }: { readonly children: ReactNode; readonly label?: string }) {
	const { t } = useLingui();
	return (
		<div role="status" aria-busy="true" className="grid gap-3">
			<span className="sr-only">{label ?? t`Loading…`}</span>
			{children}
		</div>
	);
}
