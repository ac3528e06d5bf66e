import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { sessionQuery } from "../api/queries.ts";
import { overlay, soon } from "../ui/later.tsx";
import { LiveRegion } from "../ui/live-region.tsx";
import { ShellIcon, type ShellIconName } from "../ui/shell-icon.tsx";
import { Toasts, undoLast } from "../ui/toast.tsx";
import { useShortcutListener, useShortcuts } from "./shortcuts.ts";
import { StatusButton } from "./status-button.tsx";

const Bell = overlay(() => import("../features/notifications/bell.tsx"), "Bell", {
	meanwhile: <div className="min-h-9 min-w-11" />,
	silent: true,
});
const ConnectivityBar = overlay(() => import("./connectivity.tsx"), "ConnectivityBar", { silent: true });
const Overlay = overlay(() => import("./overlay.tsx"), "Overlay");

/** What is around every page of who is signed in. */
export function Shell() {
	const { t } = useLingui();
	const { data: session } = useQuery(sessionQuery);
	const navigate = useNavigate();
	const [shown, setShown] = useState<OverlayName | null>(null);
	// Within the calendar nothing is lost of where one was.
	const search = () => {
		soon.expectField?.();
		const field = document.querySelector<HTMLElement>("search input");
		if (field !== null) return field.focus();
		return navigate({
			to: "/calendar",
			search: (before) => ({ ...(location.pathname === "/calendar" ? before : {}), q: "" }),
		});
	};
	useShortcutListener();
	useShortcuts([
		{ keys: "?", label: t`Show the keyboard shortcuts`, run: () => setShown("help") },
		{
			keys: "Mod+k",
			label: t`Go to, or do…`,
			run() {
				soon.expectField?.();
				setShown("commands");
			},
		},
		{ keys: "z", label: t`Undo`, run: () => void undoLast() },
		{ keys: "/", label: t`Search in the calendar`, run: () => void search() },
	]);
	const isAdmin = session?.user.role === "admin";
	const items: readonly NavItem[] = [
		{ to: "/", label: t`Dashboard`, icon: "house" },
		{ to: "/calendar", label: t`Calendar`, icon: "calendar" },
		{ to: "/settings", label: t`Settings`, icon: "sliders" },
		{ to: "/developers", label: t`Developers`, icon: "code" },
		...(isAdmin ? [{ to: "/admin", label: t`Admin`, icon: "shield" } as const] : []),
		{ to: "/account", label: t`Account`, icon: "person" },
	];
	return (
		<div className="shell flex min-h-dvh flex-col">
			<a
				href="#content"
				className="sr-only z-70 rounded-lg bg-accent px-4 py-2 text-on-accent focus:not-sr-only focus:fixed focus:start-3 focus:top-3"
			>
				<Trans>Skip to the content</Trans>
			</a>
			<div className="flex flex-1 flex-col sm:flex-row">
				<header className="z-30 flex items-center justify-between gap-2 border-b border-line bg-surface px-3 py-2 sticky top-0 sm:h-dvh sm:overflow-y-auto sm:w-16 sm:flex-col sm:items-stretch sm:justify-start sm:border-e sm:border-b-0 lg:w-56">
					<Link
						to="/"
						className="flex min-h-9 items-center gap-2.5 rounded-lg px-1.5 font-semibold text-text no-underline sm:justify-center lg:justify-start"
					>
						<img src="/icon.svg" alt="" width={26} height={26} />
						<span className="max-[23rem]:sr-only sm:sr-only lg:not-sr-only">Kalends</span>
					</Link>
					<nav aria-label={t`Main`} className="bar-below sm:mt-4">
						<ul className="flex justify-around sm:flex-col sm:gap-1">
							{items.map((item) => (
								<NavLink key={item.to} {...item} />
							))}
						</ul>
					</nav>
					<div className="flex sm:mt-auto sm:flex-col">
						<Bell />
						<StatusButton />
					</div>
				</header>
				<div className="flex min-w-0 flex-1 flex-col max-sm:pb-(--bar)">
					<ConnectivityBar />
					<main id="content" tabIndex={-1} className="min-w-0 flex-1 outline-none">
						<Outlet />
					</main>
				</div>
			</div>
			<Toasts />
			<LiveRegion />
			{shown === null ? null : <Overlay name={shown} pages={items} onClose={() => setShown(null)} />}
		</div>
	);
}

export interface NavItem {
	readonly to: "/" | "/calendar" | "/settings" | "/developers" | "/admin" | "/account";
	readonly label: string;
	readonly icon: ShellIconName;
}

export type OverlayName = "help" | "commands";

function NavLink({ to, label, icon }: NavItem) {
	return (
		<li>
			<Link
				to={to}
				activeOptions={{ exact: to === "/", includeSearch: false }}
				className="flex min-h-11 items-center gap-3 rounded-lg px-2.5 text-sm font-medium text-muted no-underline hover:bg-hover aria-[current=page]:bg-accent-soft aria-[current=page]:text-text max-sm:min-h-14 max-sm:flex-col max-sm:justify-center max-sm:gap-0.5 max-sm:px-1.5 max-sm:text-[0.6875rem] sm:max-lg:justify-center"
			>
				<ShellIcon name={icon} />
				<span className="max-[23rem]:sr-only sm:max-lg:sr-only">{label}</span>
			</Link>
		</li>
	);
}
