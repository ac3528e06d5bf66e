import { Trans, useLingui } from "@lingui/react/macro";
import { BellRing } from "lucide-react";
import { Button } from "../../ui/button.tsx";
import { useStore } from "../../ui/store.ts";
import { usePassFocusOn } from "../../ui/use-pass-focus-on.ts";
import { allowBrowserNotifications, browserPermission } from "./browser.ts";

/** Whether this browser shows what is told, and the way to have it do so. */
export function BrowserNotifications() {
	const { t } = useLingui();
	const permission = useStore(browserPermission);
	const [offer, taken] = usePassFocusOn<HTMLButtonElement>();
	return (
		<div className="flex flex-wrap items-center justify-between gap-3 text-sm">
			<p className="min-w-0 flex-1 basis-56">
				{permission === "granted" ? (
					<Trans>This browser shows reminders while Kalends is open.</Trans>
				) : permission === "denied" ? (
					<Trans>
						This browser was told not to show notifications of Kalends; its settings of this page change that.
					</Trans>
				) : permission === "unsupported" ? (
					<Trans>This browser cannot show notifications of pages. They are under the bell.</Trans>
				) : (
					<Trans>Reminders can be shown by the browser too, while Kalends is open.</Trans>
				)}
			</p>
			{permission === "default" ? (
				<Button
					ref={offer}
					onClick={() => {
						taken();
						void allowBrowserNotifications(t`Kalends shows reminders here`);
					}}
				>
					<BellRing aria-hidden="true" className="size-4" />
					{t`Show them`}
				</Button>
			) : null}
		</div>
	);
}
