import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { kalends } from "../../api/kalends.ts";
import { Switch } from "../../ui/field.tsx";
import { announce } from "../../ui/live-region.tsx";
import { ErrorState, Loading, Skeleton } from "../../ui/states.tsx";
import { mailSettingsQuery } from "../notifications/queries.ts";
import { Failed } from "../session/failed.tsx";
import { setupQuery } from "../setup/checklist.tsx";

/** Whether this server mails, and the switch that stops all of it. */
export function MailSwitch() {
	const { t } = useLingui();
	const client = useQueryClient();
	const settings = useQuery(mailSettingsQuery);
	const setup = useQuery(setupQuery).data;
	const change = useMutation({
		mutationFn: (sending: boolean) => kalends.mails.updateSettings({ sending }),
		onSuccess: (after) => {
			client.setQueryData(mailSettingsQuery.queryKey, after);
			announce(after.sending ? t`Mail is sent again` : t`Mail is stopped`);
		},
	});
	return (
		<section aria-labelledby="mail" className="grid gap-3">
			<h2 id="mail" className="text-lg font-semibold">
				<Trans>Mail</Trans>
			</h2>
			<div className="card grid gap-3 p-4 text-sm">
				{settings.isPending ? (
					<Loading>
						<Skeleton className="h-10" />
					</Loading>
				) : settings.isLoadingError ? (
					<ErrorState
						title={t`Mail settings could not be loaded.`}
						error={settings.error}
						onRetry={() => void settings.refetch()}
					/>
				) : settings.data.enabled ? (
					<>
						<Switch
							label={t`Send mail`}
							checked={change.isPending ? change.variables : settings.data.sending}
							onChange={(sending) => change.mutate(sending)}
						/>
						<p className="text-muted">
							{settings.data.sending ? (
								<Trans>Invitations, reminders and notices are sent from {settings.data.from}.</Trans>
							) : (
								<Trans>Stopped: mails wait, and are sent when it is switched on again.</Trans>
							)}
						</p>
					</>
				) : (
					<p>
						<Trans>
							This server sends no mail: it has no mail server. Guests are told by the calendars' providers.
						</Trans>{" "}
						{setup === undefined || setup.mail.missing.length === 0 ? null : (
							<Trans>
								To have it send: set <code>{setup.mail.missing.join(", ")}</code> and start it again.
							</Trans>
						)}
					</p>
				)}
				<Failed error={change.error} />
			</div>
		</section>
	);
}
