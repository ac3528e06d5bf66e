import { useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Bell as BellIcon } from "lucide-react";
import { useEffect, useId, useRef, useState } from "react";
import { meQuery } from "../../api/queries.ts";
import { singleKeys } from "../../app/shortcuts.ts";
import { theme } from "../../app/theme.ts";
import { buttonClass } from "../../ui/button.tsx";
import { overlay } from "../../ui/later.tsx";
import { announce } from "../../ui/live-region.tsx";
import { useReading } from "../calendar/use-reading.ts";
import { showInBrowser } from "./browser.ts";
import { newlyCome } from "./newly-come.ts";
import { notificationsQuery } from "./queries.ts";
import { read } from "./read.ts";
import { useNotificationWords } from "./words.ts";

const NotificationPanel = overlay(() => import("./notification-panel.tsx"), "NotificationPanel");

const MOST = 49;

/** How much is new; pressed, what. New ones are told at once, in the browser's own way where that is allowed. */
export function Bell() {
	const { t } = useLingui();
	const id = useId();
	const panel = useRef<HTMLDivElement>(null);
	const [isOpen, setOpen] = useState(false);
	const count = useQuery(notificationsQuery("active")).data?.length ?? 0;
	useFollowedPreferences();
	useTold();
	return (
		<>
			<button
				type="button"
				popoverTarget={id}
				className={buttonClass("quiet", "shrink-0 sm:w-full sm:max-lg:px-1 lg:justify-start")}
			>
				<span className="relative">
					<BellIcon aria-hidden="true" className="size-5" />
					{count === 0 ? null : (
						<span className="absolute -end-2 -top-2 min-w-4.5 rounded-full bg-danger px-1 text-center text-[0.6875rem]/4.5 font-bold text-on-danger">
							{count > MOST ? `${MOST}+` : count} <span className="sr-only">{t`new`}</span>
						</span>
					)}
				</span>
				<span className="max-lg:sr-only">{t`Notifications`}</span>
			</button>
			<div
				id={id}
				ref={panel}
				popover="auto"
				role="dialog"
				aria-label={t`Notifications`}
				onToggle={(event) => setOpen(event.newState === "open")}
				className="inset-auto m-3 max-h-[70dvh] w-[min(26rem,calc(100vw-1.5rem))] overflow-y-auto rounded-2xl border border-line bg-raised p-4 text-text shadow-raised max-sm:end-0 max-sm:top-12 sm:bottom-2 sm:start-14 lg:start-56"
			>
				{isOpen ? <NotificationPanel onLeave={() => panel.current?.hidePopover()} /> : null}
			</div>
		</>
	);
}

/** Tells of each that comes while the app is open, once. */
function useTold(): void {
	const { t } = useLingui();
	const wordsOf = useNotificationWords(useReading());
	const navigate = useNavigate();
	const { data } = useQuery(notificationsQuery("active"));
	const known = useRef<typeof data | null>(null);
	useEffect(() => {
		if (data === undefined) return;
		// Snoozed ones that come back are told again.
		const fresh = newlyCome(known.current ?? null, data);
		known.current = data;
		for (const notification of fresh) {
			const notice = read(notification);
			const words = wordsOf(notice);
			announce(t`Notification: ${words.title}`);
			showInBrowser({ id: notification.id, ...words }, () => {
				if (notice.eventId !== null) void navigate({ to: "/", search: { event: notice.eventId } });
				else void navigate({ to: "/notifications" });
			});
		}
	}, [data, wordsOf, navigate, t]);
}

/** What the server keeps of how a person wants the app holds here too. */
function useFollowedPreferences(): void {
	const preferences = useQuery(meQuery).data?.preferences;
	const { theme: chosen, shortcuts, density } = preferences ?? {};
	useEffect(() => {
		if (chosen !== undefined) theme.set(chosen);
	}, [chosen]);
	useEffect(() => {
		if (shortcuts !== undefined) singleKeys.set(shortcuts);
	}, [shortcuts]);
	useEffect(() => {
		if (density === "compact") document.documentElement.dataset.density = density;
		else delete document.documentElement.dataset.density;
	}, [density]);
}
