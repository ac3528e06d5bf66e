import type { Notification } from "@kalends/client";
import { useLingui } from "@lingui/react/macro";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { AlarmClock, Bell, Check, KeyRound, Pause, Split, TicketX, Video, Webhook } from "lucide-react";
import { useState } from "react";
import { kalends } from "../../api/kalends.ts";
import { Button, buttonClass } from "../../ui/button.tsx";
import { announce } from "../../ui/live-region.tsx";
import { relativeTime } from "../../ui/relative-time.ts";
import { usePassFocusOn } from "../../ui/use-pass-focus-on.ts";
import { lengthText } from "../calendar/time/format.ts";
import type { PersonalReading } from "../calendar/use-reading.ts";
import { Failed } from "../session/failed.tsx";
import { read } from "./read.ts";
import { useNotificationWords } from "./words.ts";

const SNOOZES = [5, 10, 30, 60, 1_440] as const;
const ICONS = {
	reminder: AlarmClock,
	reauth: KeyRound,
	paused: Pause,
	conflict: Split,
	booking: TicketX,
	webhook: Webhook,
	other: Bell,
} as const;
/** Where a person puts it right; of others the event is opened. */
const PLACES: Readonly<Partial<Record<keyof typeof ICONS, "/settings/calendars" | "/bookings" | "/developers">>> = {
	reauth: "/settings/calendars",
	paused: "/settings/calendars",
	booking: "/bookings",
	webhook: "/developers",
};

export interface NotificationRowProps {
	readonly notification: Notification;
	readonly reading: PersonalReading;
	readonly now: number;
	/** Called when it is followed to where it leads. */
	readonly onLeave?: () => void;
}

/** What is told, and what can be done about it: go there, be told later, be done with it. */
export function NotificationRow({ notification, reading, now, onLeave }: NotificationRowProps) {
	const { t } = useLingui();
	const client = useQueryClient();
	const wordsOf = useNotificationWords(reading);
	const { id, state, snoozed_until } = notification;
	const notice = read(notification);
	const { title, detail } = wordsOf(notice);
	const Icon = ICONS[notice.kind];
	const place = PLACES[notice.kind];
	// In the page itself: a menu would open below the bell's panel, which is in the browser's top layer.
	const [snoozing, setSnoozing] = useState(false);
	const [row, settled] = usePassFocusOn<HTMLLIElement>();
	const settle = useMutation({
		mutationFn: (minutes: number | null) =>
			minutes === null ? kalends.notifications.dismiss(id) : kalends.notifications.snooze(id, { minutes }),
		onSuccess: (_after, minutes) => {
			settled();
			announce(minutes === null ? t`Dismissed` : t`Snoozed`);
		},
		onSettled: () => client.invalidateQueries({ queryKey: ["notifications"] }),
	});
	const later = (minutes: number) => lengthText(minutes * 60_000, reading.locale);
	return (
		<li ref={row} className="@container grid gap-2 border-line py-3 not-first:border-t last:pb-0">
			<div className="flex items-start gap-3">
				<Icon aria-hidden="true" className="mt-0.5 size-4.5 shrink-0 text-muted" />
				<div className="min-w-0 flex-1 text-sm">
					<p dir="auto" className="font-semibold">
						{title}
					</p>
					<p className="text-muted">{detail}</p>
					<p className="text-muted">
						{state === "snoozed" && snoozed_until !== null
							? t`Again ${relativeTime(snoozed_until, now, reading.locale)}`
							: relativeTime(notification.created_at, now, reading.locale)}
					</p>
				</div>
			</div>
			<Failed error={settle.error} />
			<div className="flex flex-wrap items-center gap-1.5 @sm:ps-7.5">
				{notice.kind === "reminder" && notice.join !== null ? (
					<a href={notice.join} target="_blank" rel="noopener noreferrer" className={buttonClass("primary")}>
						<Video aria-hidden="true" className="size-4" />
						{t`Join`}
					</a>
				) : null}
				{place !== undefined ? (
					<Link to={place} onClick={onLeave} className={buttonClass("secondary")}>
						{t`Put it right`}
					</Link>
				) : notice.eventId === null ? null : (
					<Link to="/" search={{ event: notice.eventId }} onClick={onLeave} className={buttonClass("secondary")}>
						{t`Open`}
					</Link>
				)}
				<Button kind="quiet" busy={settle.isPending} onClick={() => settle.mutate(null)}>
					<Check aria-hidden="true" className="size-4 @max-sm:hidden" />
					{t`Dismiss`}
				</Button>
				<Button kind="quiet" aria-expanded={snoozing} onClick={() => setSnoozing((open) => !open)}>
					<AlarmClock aria-hidden="true" className="size-4 @max-sm:hidden" />
					{t`Snooze`}
				</Button>
			</div>
			{snoozing ? (
				<fieldset className="flex flex-wrap gap-1.5 @sm:ps-7.5">
					<legend className="sr-only">{t`Snooze: ${title}`}</legend>
					{SNOOZES.map((minutes) => (
						<Button key={minutes} onClick={() => settle.mutate(minutes)}>
							{later(minutes)}
						</Button>
					))}
				</fieldset>
			) : null}
		</li>
	);
}
