import type { WebhookDelivery } from "@kalends/client";
import { Plural, useLingui } from "@lingui/react/macro";
import { ChevronDown, RotateCcw } from "lucide-react";
import { Fragment, type ReactNode, useState } from "react";
import { Button } from "../../ui/button.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { relativeTime } from "../../ui/relative-time.ts";
import { curlOf, laidOut } from "./curl.ts";

export interface DeliveryRowProps {
	readonly delivery: WebhookDelivery;
	readonly url: string;
	readonly stateName: string;
	readonly now: number;
	readonly busy: boolean;
	readonly onReplay: () => void;
}

/** One message: how it went; opened, what was sent and what was answered. */
export function DeliveryRow({ delivery, url, stateName, now, busy, onReplay }: DeliveryRowProps) {
	const { t } = useLingui();
	const [isOpen, setOpen] = useState(false);
	const { number, type, state, attempts, replay, response, error, latency_ms, next_attempt_at, created_at } = delivery;
	const tone = state === "failed" ? "text-danger" : state === "delivered" ? "text-ok" : "text-warn";
	return (
		<li className="border-line text-sm not-first:border-t">
			<details onToggle={({ currentTarget }) => setOpen(currentTarget.open)} className="group">
				<summary className="flex list-none flex-wrap items-center gap-x-3 gap-y-0.5 px-4 py-2.5 hover:bg-hover [&::-webkit-details-marker]:hidden">
					<ChevronDown
						aria-hidden="true"
						className="size-4 shrink-0 text-muted transition-transform group-open:rotate-180"
					/>
					<span className="min-w-5 text-muted tabular-nums">{number}</span>
					<span className="min-w-0 flex-1 basis-32 font-medium">
						{type.split(".").map((part, index) => (
							<Fragment key={part}>
								{index === 0 ? null : "."}
								<wbr />
								{part}
							</Fragment>
						))}
						{replay ? <span className="font-normal text-muted"> · {t`again`}</span> : null}
					</span>
					<span className={tone}>
						{stateName}
						{response === null ? null : ` · ${response.status}`}
					</span>
					<span className="text-muted">{relativeTime(created_at, now)}</span>
				</summary>
				{isOpen ? (
					<div className="grid gap-3 px-4 pb-4">
						<p className="text-muted">
							<Plural value={attempts} _0="Not tried yet" one="# attempt" other="# attempts" />
							{latency_ms === null ? null : <> · {t`answered in ${latency_ms} ms`}</>}
							{next_attempt_at === null ? null : <> · {t`next attempt ${relativeTime(next_attempt_at, now)}`}</>}
						</p>
						{error === null ? null : <p className="text-danger">{error}</p>}
						<div className="flex flex-wrap items-center gap-2">
							{state === "pending" ? null : (
								<Button busy={busy} onClick={onReplay}>
									{busy ? null : <RotateCcw aria-hidden="true" className="size-4" />}
									{t`Send again`}
								</Button>
							)}
							<span className="inline-flex items-center gap-1 text-muted">
								{t`As a command`} <CopyButton text={curlOf(url, delivery)} label={t`Copy as curl`} />
							</span>
						</div>
						<Block title={t`Sent`}>
							{Object.entries(delivery.request.headers ?? {})
								.map(([name, value]) => `${name}: ${value}\n`)
								.join("")}
							{"\n"}
							{laidOut(delivery.request.body)}
						</Block>
						{response === null ? null : (
							<Block title={t`Answered: ${response.status}`}>{laidOut(response.body ?? "")}</Block>
						)}
					</div>
				) : null}
			</details>
		</li>
	);
}

function Block({ title, children }: { readonly title: string; readonly children: ReactNode }) {
	return (
		<section aria-label={title} className="grid gap-1">
			<h3 className="font-medium">{title}</h3>
			{/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
			<pre tabIndex={0} dir="auto" className="max-h-64 overflow-auto rounded-lg bg-sunken p-3 text-xs">
				{children}
			</pre>
		</section>
	);
}
