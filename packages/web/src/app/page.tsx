import { useLingui } from "@lingui/react/macro";
import { type ReactNode, useEffect } from "react";

/** A page's name in the tab, and what is around its content. */
export function Page({
	title,
	actions,
	children,
}: {
	readonly title: string;
	readonly actions?: ReactNode;
	readonly children: ReactNode;
}) {
	usePageTitle(title);
	return (
		<div className="mx-auto grid w-full max-w-5xl gap-6 p-4 sm:p-8">
			<div className="flex flex-wrap items-center justify-between gap-3">
				<h1 className="text-2xl font-semibold">{title}</h1>
				{actions}
			</div>
			{children}
		</div>
	);
}

export function usePageTitle(title: string): void {
	const { t } = useLingui();
	const full = t`${title} · Kalends`;
	useEffect(() => {
		document.title = full;
	}, [full]);
}
