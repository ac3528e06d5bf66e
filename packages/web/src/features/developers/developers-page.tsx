import { useLingui } from "@lingui/react/macro";
import { Page } from "../../app/page.tsx";

export function DevelopersPage() {
	const { t } = useLingui();
	return <Page title={t`Developers`}>{null}</Page>;
}
