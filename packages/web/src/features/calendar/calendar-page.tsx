import { useLingui } from "@lingui/react/macro";
import { Page } from "../../app/page.tsx";

export function CalendarPage() {
	const { t } = useLingui();
	return <Page title={t`Calendar`}>{null}</Page>;
}
