import { useLingui } from "@lingui/react/macro";
import { Button } from "../../../ui/button.tsx";
import { Notice } from "../../../ui/states.tsx";
import { useStore } from "../../../ui/store.ts";
import { failedWrites, removeFailed } from "./requests.ts";

/** Writes that did not get through, each with its reason, until they do or are given up. */
export function FailedWrites() {
	const { t } = useLingui();
	const failed = useStore(failedWrites);
	return failed.map(({ id, title, detail, fix, again, edit, discard }) => (
		<Notice
			key={id}
			tone="danger"
			actions={
				<>
					<Button
						onClick={() => {
							removeFailed(id);
							again();
						}}
					>{t`Try again`}</Button>
					{edit === undefined ? null : (
						<Button
							onClick={() => {
								removeFailed(id);
								edit();
							}}
						>{t`Edit`}</Button>
					)}
					<Button
						kind="quiet"
						onClick={() => {
							removeFailed(id);
							discard?.();
						}}
					>{t`Discard the change`}</Button>
				</>
			}
		>
			<p dir="auto" className="font-semibold">
				{title}
			</p>
			<p>
				{detail} {fix}
			</p>
		</Notice>
	));
}
