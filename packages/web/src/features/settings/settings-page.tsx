import { useLingui } from "@lingui/react/macro";
import { Page } from "../../app/page.tsx";

export function SettingsPage() {
	const { t } = useLingui();
	return <Page title={t`Calendar integration`}>{null}</Page>;
}
