import { useLingui } from "@lingui/react/macro";
import { Page } from "../../app/page.tsx";

export function DashboardPage() {
	const { t } = useLingui();
	return <Page title={t`Dashboard`}>{null}</Page>;
}
