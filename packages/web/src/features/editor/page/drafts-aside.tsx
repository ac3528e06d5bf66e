import { useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { Button } from "../../../ui/button.tsx";
import { Notice } from "../../../ui/states.tsx";
import { dropAside, setAside, takeUp } from "../draft.ts";
import type { EventValues } from "../form/values.ts";

/** What was typed for other new events and not saved. @param like values as the form has them */
export function DraftsAside({ like }: { readonly like: EventValues }) {
	const { t } = useLingui();
	const [drafts, setDrafts] = useState(() => setAside(like));
	return drafts.map((draft) => {
		const { title, description, location } = draft.values;
		const name = [title, description, location].map((text) => text.trim()).find((text) => text !== "") ?? t`(No title)`;
		return (
			<Notice
				key={JSON.stringify(draft)}
				tone="info"
				actions={
					<>
						<Button onClick={() => takeUp(draft)}>{t`Take it up again`}</Button>
						<Button
							kind="quiet"
							onClick={() => {
								dropAside(draft);
								setDrafts(setAside(like));
							}}
						>{t`Discard it`}</Button>
					</>
				}
			>
				<p dir="auto" className="line-clamp-3 wrap-anywhere">{t`“${name}” was typed before and not saved.`}</p>
			</Notice>
		);
	});
}
