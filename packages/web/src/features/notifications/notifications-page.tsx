import { Trans, useLingui } from "@lingui/react/macro";
import { Page } from "../../app/page.tsx";
import { Steady } from "../../ui/steady.tsx";
import { BrowserNotifications } from "./browser-notifications.tsx";
import { MailLog } from "./mail-log.tsx";
import { NotificationList } from "./notification-panel.tsx";
import { ReminderPreferences } from "./reminder-preferences.tsx";

/** What is new, what was put off, what one wants to be told of and how, and what was mailed. */
export function NotificationsPage() {
	const { t } = useLingui();
	return (
		<Page title={t`Notifications`}>
			<Steady>
				<div className="grid items-start gap-6 lg:grid-cols-2">
					<div className="grid gap-6">
						<section aria-labelledby="new" className="card p-4 sm:p-5">
							<h2 id="new" className="text-lg font-semibold">
								<Trans>New</Trans>
							</h2>
							<NotificationList state="active" />
						</section>
						<section aria-labelledby="snoozed" className="card p-4 sm:p-5">
							<h2 id="snoozed" className="text-lg font-semibold">
								<Trans>Snoozed</Trans>
							</h2>
							<NotificationList state="snoozed" />
						</section>
					</div>
					<section aria-labelledby="preferences" className="card grid gap-4 p-4 sm:p-5">
						<h2 id="preferences" className="text-lg font-semibold">
							<Trans>What to tell, and how</Trans>
						</h2>
						<BrowserNotifications />
						<ReminderPreferences />
					</section>
				</div>
				<section aria-labelledby="mail" className="grid gap-3">
					<h2 id="mail" className="text-lg font-semibold">
						<Trans>Mail that was sent for you</Trans>
					</h2>
					<MailLog />
				</section>
			</Steady>
		</Page>
	);
}
