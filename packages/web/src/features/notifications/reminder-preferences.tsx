import type { NotificationPreferences } from "@kalends/client";
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { kalends } from "../../api/kalends.ts";
import { Switch } from "../../ui/field.tsx";
import { ErrorState, Loading, Notice, Skeleton } from "../../ui/states.tsx";
import { Failed } from "../session/failed.tsx";
import { DefaultReminders } from "../settings/default-reminders.tsx";
import { mailSettingsQuery, notificationPreferencesQuery } from "./queries.ts";

/** What one is told of, and by which way; each takes effect at once. */
export function ReminderPreferences() {
	const { t } = useLingui();
	const client = useQueryClient();
	const { queryKey } = notificationPreferencesQuery;
	const preferences = useQuery(notificationPreferencesQuery);
	const mail = useQuery(mailSettingsQuery).data;
	const update = useMutation({
		mutationFn: (patch: Partial<NotificationPreferences>) => kalends.notifications.updatePreferences(patch),
		scope: { id: "notification-preferences" },
		async onMutate(patch) {
			await client.cancelQueries({ queryKey });
			const before = client.getQueryData(queryKey);
			client.setQueryData(queryKey, (now) => (now === undefined ? undefined : { ...now, ...patch }));
			return { before };
		},
		onSuccess: (after) => client.setQueryData(queryKey, after),
		onError: (_error, _patch, context) => client.setQueryData(queryKey, context?.before),
	});
	if (preferences.isPending) {
		return (
			<Loading>
				<Skeleton className="h-24" />
			</Loading>
		);
	}
	if (preferences.isLoadingError) {
		const { error, refetch } = preferences;
		return <ErrorState title={t`Your choices could not be loaded.`} error={error} onRetry={() => void refetch()} />;
	}
	const { data } = preferences;
	const noMail = mail?.enabled === false;
	const withoutMail = noMail ? t` (this server sends no mail)` : "";
	return (
		<div className="grid gap-4">
			<fieldset className="grid gap-2.5">
				<legend className="mb-1.5 text-sm font-medium">{t`Reminders`}</legend>
				<Switch
					label={t`Under the bell`}
					checked={data.reminders_in_app}
					onChange={(reminders_in_app) => update.mutate({ reminders_in_app })}
				/>
				<Switch
					label={t`By e-mail, those that are set to it${withoutMail}`}
					disabled={noMail}
					checked={data.reminders_by_email}
					onChange={(reminders_by_email) => update.mutate({ reminders_by_email })}
				/>
				<Switch
					label={t`To your webhooks, every one`}
					checked={data.reminders_by_webhook}
					onChange={(reminders_by_webhook) => update.mutate({ reminders_by_webhook })}
				/>
			</fieldset>
			<fieldset className="grid gap-2.5">
				<legend className="mb-1.5 text-sm font-medium">{t`When an account needs you, or a change was in conflict`}</legend>
				<Switch
					label={t`By e-mail too${withoutMail}`}
					disabled={noMail}
					checked={data.notices_by_email}
					onChange={(notices_by_email) => update.mutate({ notices_by_email })}
				/>
			</fieldset>
			<div className="grid gap-1.5">
				<h3 className="text-sm font-medium">
					<Trans>Where neither the event nor its calendar says when</Trans>
				</h3>
				<DefaultReminders
					reminders={data.default_reminders}
					onChange={(reminders) => update.mutate({ default_reminders: [...reminders] })}
				/>
			</div>
			<Failed error={update.error} />
			{mail?.enabled === true && !mail.sending ? (
				<Notice tone="warn">
					<Trans>An administrator has stopped all mail of this server; what is to be mailed waits.</Trans>
				</Notice>
			) : null}
		</div>
	);
}
