import { Trans, useLingui } from "@lingui/react/macro";
import { Download } from "lucide-react";
import { buttonClass } from "../../ui/button.tsx";

/** Everything that Kalends has of the person, as a file: the browser downloads it as it is read. */
export function ExportData() {
	const { t } = useLingui();
	return (
		<div className="grid gap-2">
			<p className="text-sm">
				<Trans>
					Everything that Kalends has of you, as one JSON file: calendars, events, settings. What Kalends signs in to
					your accounts with is not in it.
				</Trans>
			</p>
			<div>
				<a href="/v1/me/export" download className={buttonClass("secondary")}>
					<Download aria-hidden="true" className="size-4" />
					{t`Export my data`}
				</a>
			</div>
		</div>
	);
}
