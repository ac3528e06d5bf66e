import type { Mail } from "@kalends/client";
import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Mail as MailIcon } from "lucide-react";
import { kalends } from "../../api/kalends.ts";
import { Button } from "../../ui/button.tsx";
import { FilteredList, StateFilter, useListFilter } from "../../ui/filtered-list.tsx";
import { relativeTime } from "../../ui/relative-time.ts";
import { Empty, Notice } from "../../ui/states.tsx";
import { useNow } from "../../ui/use-now.ts";
import { Failed } from "../session/failed.tsx";
import { mailSettingsQuery, mailsQuery } from "./queries.ts";

type State = Mail["state"];

/** What was mailed, to whom, and what became of it. */
export function MailLog() {
	const { t } = useLingui();
	const now = useNow();
	const filter = useListFilter<State>();
	const { state } = filter;
	const mails = useQuery(mailsQuery(state, filter.shown));
	const settings = useQuery(mailSettingsQuery).data;
	const names: Readonly<Record<State, string>> = { queued: t`Waiting`, sent: t`Sent`, failed: t`Given up` };
	return (
		<div className="grid gap-3">
			{settings?.enabled === false ? (
				<Notice>
					<Trans>
						This server sends no mail: it has no mail server. Who tells guests instead is said with each account in the
						settings.
					</Trans>
				</Notice>
			) : settings === undefined ? null : (
				<p className="text-sm text-muted">
					<Trans>From {settings.from}.</Trans>{" "}
					<Plural
						value={settings.quota.left}
						one="One more guest may be mailed within 24 hours."
						other="# more guests may be mailed within 24 hours."
					/>
				</p>
			)}
			{mails.data?.length === 0 && state === null ? null : <StateFilter {...{ filter, names }} />}
			<FilteredList
				label={t`Mail`}
				query={mails}
				filter={filter}
				skeleton="h-16"
				failed={t`The log could not be loaded.`}
				empty={
					<div className="card">
						<Empty
							icon={<MailIcon aria-hidden="true" className="size-8" />}
							title={state === null ? t`No mail yet` : t`None is like that`}
						>
							{state === null ? (
								<Trans>Invitations, reminders and notices that were mailed are listed here.</Trans>
							) : null}
						</Empty>
					</div>
				}
			>
				{(mail) => <MailRow key={mail.id} mail={mail} state={names[mail.state]} now={now} />}
			</FilteredList>
		</div>
	);
}

function MailRow({ mail, state, now }: { readonly mail: Mail; readonly state: string; readonly now: number }) {
	const { t } = useLingui();
	const client = useQueryClient();
	const retry = useMutation({
		mutationFn: () => kalends.mails.retry(mail.id),
		onSettled: () => client.invalidateQueries({ queryKey: ["mails"] }),
	});
	const kinds: Readonly<Record<Mail["kind"], string>> = {
		invitation: t`Invitation`,
		update: t`Update`,
		cancellation: t`Cancellation`,
		reminder: t`Reminder`,
		notice: t`Notice`,
	};
	const tone = mail.state === "failed" ? "text-danger" : mail.state === "sent" ? "text-ok" : "text-muted";
	return (
		<li className="grid gap-1 border-line px-4 py-3 text-sm not-first:border-t">
			<div className="flex flex-wrap items-baseline justify-between gap-x-4">
				<span dir="auto" className="font-medium">
					{mail.subject}
				</span>
				<span className={tone}>
					{state}
					<span className="text-muted"> · {relativeTime(mail.sent_at ?? mail.created_at, now)}</span>
				</span>
			</div>
			<p className="text-muted">
				{kinds[mail.kind]} · <bdi>{mail.recipient}</bdi>
				{mail.attempts > 1 ? (
					<>
						{" · "}
						<Plural value={mail.attempts} one="# attempt" other="# attempts" />
					</>
				) : null}
				{mail.next_attempt_at === null || mail.attempts === 0 ? null : (
					<> · {t`again ${relativeTime(mail.next_attempt_at, now)}`}</>
				)}
			</p>
			{mail.error === null || mail.state === "sent" ? null : <p className="text-danger">{mail.error.detail}</p>}
			<Failed error={retry.error} />
			{mail.state === "failed" ? (
				<div>
					<Button busy={retry.isPending} onClick={() => retry.mutate()}>
						{t`Try again`}
						<span className="sr-only"> {mail.subject}</span>
					</Button>
				</div>
			) : null}
		</li>
	);
}
