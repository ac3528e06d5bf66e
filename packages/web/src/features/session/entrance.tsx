import type { ReactNode } from "react";
import { usePageTitle } from "../../app/page.tsx";

/** The pages before somebody is signed in. */
export function Entrance({
	title,
	children,
	footer,
}: {
	readonly title: string;
	readonly children: ReactNode;
	readonly footer?: ReactNode;
}) {
	usePageTitle(title);
	return (
		<main className="grid min-h-dvh place-items-center px-4 py-10">
			<div className="grid w-full max-w-sm gap-6">
				<div className="grid justify-items-center gap-3 text-center">
					<img src="/icon.svg" alt="" width={48} height={48} />
					<h1 className="text-2xl font-semibold">{title}</h1>
				</div>
				<div className="card grid gap-4 p-5">{children}</div>
				{footer === undefined ? null : <div className="text-center text-sm text-muted">{footer}</div>}
			</div>
		</main>
	);
}
