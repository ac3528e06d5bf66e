import { useLingui } from "@lingui/react/macro";
import { Page } from "../../app/page.tsx";

export function AdminPage() {
	const { t } = useLingui();
	return <Page title={t`Admin`}>{null}</Page>;
}
