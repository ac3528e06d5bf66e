import type { Webhook } from "@kalends/client";
import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Ellipsis, KeyRound, List, Pause, Pencil, Play, Send, Trash2 } from "lucide-react";
import { type Ref, useState } from "react";
import { kalends } from "../../api/kalends.ts";
import { calendarsQuery } from "../../api/queries.ts";
import { unanswered } from "../../api/unanswered.ts";
import { Button } from "../../ui/button.tsx";
import { ConfirmDialog } from "../../ui/dialog.tsx";
import { overlay } from "../../ui/later.tsx";
import { announce } from "../../ui/live-region.tsx";
import { Menu } from "../../ui/menu.tsx";
import { relativeTime } from "../../ui/relative-time.ts";
import { Notice } from "../../ui/states.tsx";
import { useNow } from "../../ui/use-now.ts";
import { usePassFocusOn } from "../../ui/use-pass-focus-on.ts";
import { Failed } from "../session/failed.tsx";

const DeliveryLog = overlay(() => import("./delivery-log.tsx"), "DeliveryLog");

export interface WebhookCardProps {
	readonly webhook: Webhook;
	readonly onEdit: () => void;
	readonly onSecret: (secret: string) => void;
}

/** One endpoint: how it goes, and what can be done with it. */
export function WebhookCard({ webhook, onEdit, onSecret }: WebhookCardProps) {
	const { t } = useLingui();
	const client = useQueryClient();
	const now = useNow();
	const [open, setOpen] = useState<"log" | "delete" | "rotate" | null>(null);
	const calendars = useQuery(calendarsQuery).data ?? [];
	const { id, url, types, calendar_ids, all_users, status, pending, last_delivered_at, rotating_until } = webhook;
	const refresh = () => client.invalidateQueries({ queryKey: ["webhooks"] });
	const close = () => setOpen(null);
	const [state, resumed] = usePassFocusOn<HTMLDivElement>();
	const test = useMutation({ mutationFn: () => kalends.webhooks.test(id), onSettled: refresh });
	const enable = useMutation({
		mutationFn: (active: boolean) => kalends.webhooks.update(id, { status: active ? "active" : "disabled" }),
		onSuccess: (_after, active) => (active ? resumed() : undefined),
		onSettled: refresh,
	});
	const rotate = useMutation({
		mutationFn: () => unanswered(kalends.webhooks.rotate(id)),
		onSuccess: ({ secret }) => {
			close();
			onSecret(secret);
		},
		onSettled: refresh,
	});
	const erase = useMutation({
		mutationFn: () => kalends.webhooks.delete(id),
		onSuccess: () => {
			close();
			announce(t`The webhook is deleted`);
		},
		onSettled: refresh,
	});
	const told = calendar_ids?.map((one) => calendars.find((calendar) => calendar.id === one)?.name ?? one);
	return (
		<li className="card grid gap-2.5 p-4 text-sm sm:p-5">
			<div className="flex items-start justify-between gap-3">
				<div className="min-w-0">
					<h3 className="font-semibold break-all">{url}</h3>
					<p className="text-muted">
						{types === null ? t`Everything` : types.join(", ")}
						{told === undefined ? null : (
							<>
								{" · "}
								<bdi>{told.join(", ")}</bdi>
							</>
						)}
						{all_users ? <> · {t`of everybody on this server`}</> : null}
					</p>
				</div>
				<Menu
					label={t`More for ${url}`}
					icon={<Ellipsis aria-hidden="true" className="size-5" />}
					actions={[
						{ id: "edit", label: t`Edit`, icon: <Pencil aria-hidden="true" className="size-4" />, onAction: onEdit },
						{
							id: "rotate",
							label: t`New secret`,
							icon: <KeyRound aria-hidden="true" className="size-4" />,
							onAction: () => setOpen("rotate"),
						},
						...(status === "active"
							? [
									{
										id: "disable",
										label: t`Disable`,
										icon: <Pause aria-hidden="true" className="size-4" />,
										onAction: () => enable.mutate(false),
									},
								]
							: []),
						{
							id: "delete",
							label: t`Delete`,
							danger: true,
							icon: <Trash2 aria-hidden="true" className="size-4" />,
							onAction: () => setOpen("delete"),
						},
					]}
				/>
			</div>
			<State webhook={webhook} now={now} busy={enable.isPending} place={state} onResume={() => enable.mutate(true)} />
			<p className="text-muted">
				{last_delivered_at === null
					? t`No change was delivered yet`
					: t`Last delivered ${relativeTime(last_delivered_at, now)}`}
				{pending === 0 ? null : (
					<>
						{" · "}
						<Plural value={pending} one="one message waits" other="# messages wait" />
					</>
				)}
				{rotating_until === null ? null : (
					<> · {t`the old secret signs too, until ${relativeTime(rotating_until, now)}`}</>
				)}
			</p>
			<Failed error={test.error ?? enable.error} />
			{test.data === undefined ? null : (
				<div role="status">
					<Notice tone={test.data.state === "delivered" ? "ok" : "danger"}>
						{test.data.response === null
							? t`There was no answer: ${test.data.error ?? ""}`
							: test.data.state === "delivered"
								? t`It answered ${test.data.response.status}: the test message has arrived.`
								: t`It answered ${test.data.response.status}: it did not take the test message.`}
					</Notice>
				</div>
			)}
			<div className="flex flex-wrap gap-2">
				<Button busy={test.isPending} onClick={() => test.mutate()}>
					{test.isPending ? null : <Send aria-hidden="true" className="size-4" />}
					{t`Send a test`}
				</Button>
				<Button onClick={() => setOpen("log")}>
					<List aria-hidden="true" className="size-4" />
					{t`Log`}
				</Button>
			</div>
			{open === "log" ? <DeliveryLog webhook={webhook} onClose={close} /> : null}
			<ConfirmDialog
				title={t`Give it a new secret?`}
				isOpen={open === "rotate"}
				onClose={close}
				confirm={t`Make a new secret`}
				danger={false}
				busy={rotate.isPending}
				onConfirm={() => rotate.mutate()}
			>
				<Failed error={rotate.error} />
				<p>
					<Trans>
						For a day messages are signed with both, so that your receiver can change over without losing any.
					</Trans>
				</p>
			</ConfirmDialog>
			<ConfirmDialog
				title={t`Delete this webhook?`}
				isOpen={open === "delete"}
				onClose={close}
				confirm={t`Delete the webhook`}
				busy={erase.isPending}
				onConfirm={() => erase.mutate()}
			>
				<Failed error={erase.error} />
				<p>
					<Trans>Its log goes too, and messages that wait are never sent. To stop it for a time, disable it.</Trans>
				</p>
			</ConfirmDialog>
		</li>
	);
}

interface StateProps {
	readonly webhook: Webhook;
	readonly now: number;
	readonly busy: boolean;
	/** Where the way back stands, as long as there is need of one. */
	readonly place: Ref<HTMLDivElement>;
	readonly onResume: () => void;
}

/** That it fails or is disabled, since when, and the way back. */
function State({ webhook, now, busy, place, onResume }: StateProps) {
	const { t } = useLingui();
	const { status, status_detail, status_since, failures, failing_since } = webhook;
	if (status === "disabled") {
		return (
			<Notice
				ref={place}
				tone="warn"
				actions={
					<Button busy={busy} onClick={onResume}>
						{busy ? null : <Play aria-hidden="true" className="size-4" />}
						{t`Resume`}
					</Button>
				}
			>
				<p className="font-semibold">{t`Disabled ${relativeTime(status_since, now)}`}</p>
				<p>
					{status_detail} <Trans>What was kept meanwhile is sent when you resume it.</Trans>
				</p>
			</Notice>
		);
	}
	if (failures > 0 && failing_since !== null) {
		return (
			<Notice tone="warn">
				<Plural
					value={failures}
					one={`One delivery in a row has failed, ${relativeTime(failing_since, now)}. Kalends goes on trying.`}
					other={`# deliveries in a row have failed, the first ${relativeTime(failing_since, now)}. Kalends goes on trying.`}
				/>
			</Notice>
		);
	}
	return null;
}
