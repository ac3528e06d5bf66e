import { Trans, useLingui } from "@lingui/react/macro";
import { Button } from "../../../ui/button.tsx";
import { Dialog } from "../../../ui/dialog.tsx";
import { Notice } from "../../../ui/states.tsx";
import { useStore } from "../../../ui/store.ts";
import { useReading } from "../../calendar/use-reading.ts";
import { conflictRows } from "../conflict/view-model.ts";
import { useFieldText } from "./field-text.ts";
import { type Conflict, conflict } from "./requests.ts";

/** Shown where somebody else changed the same event meanwhile: both sides by field. */
export function ConflictDialog() {
	const shown = useStore(conflict);
	return shown === null ? null : <ConflictNotice {...shown} />;
}

function ConflictNotice({ base, patch, theirs, detail, restorable, restore, keep, close }: Conflict) {
	const { t } = useLingui();
	const reading = useReading();
	const { nameOf, textOf } = useFieldText(reading);
	const rows = theirs === null ? [] : conflictRows(base, patch, theirs);
	const canRestore = theirs !== null || restorable !== null;
	return (
		<Dialog isOpen wide onClose={close} title={t`This event was changed meanwhile`}>
			{theirs === null ? (
				<Notice tone="warn">
					{detail ?? <Trans>It was deleted by somebody else while you were changing it.</Trans>}
				</Notice>
			) : (
				<p className="text-muted">
					<Trans>Somebody changed it after you had opened it. Nothing of yours is lost: choose which stays.</Trans>
				</p>
			)}
			{rows.length === 0 ? null : (
				<div className="overflow-x-auto rounded-xl border border-line">
					<table className="w-full text-sm">
						<thead className="bg-sunken text-start">
							<tr>
								<th className="p-2.5 text-start font-medium" scope="col">
									<Trans>Field</Trans>
								</th>
								<th className="p-2.5 text-start font-medium" scope="col">
									<Trans>Yours</Trans>
								</th>
								<th className="p-2.5 text-start font-medium" scope="col">
									<Trans>There now</Trans>
								</th>
							</tr>
						</thead>
						<tbody>
							{rows.map(({ field, mine, theirs: now, contested }) => (
								<tr key={field} className="border-t border-line align-top">
									<th scope="row" className="p-2.5 text-start font-medium">
										{nameOf(field)}
									</th>
									<td dir="auto" className={`p-2.5 whitespace-pre-line ${contested ? "bg-warn-soft" : ""}`}>
										{textOf(field, mine)}
									</td>
									<td dir="auto" className={`p-2.5 whitespace-pre-line ${contested ? "bg-warn-soft" : ""}`}>
										{textOf(field, now)}
									</td>
								</tr>
							))}
						</tbody>
					</table>
				</div>
			)}
			<div className="flex flex-wrap justify-end gap-2">
				<Button onClick={keep}>{theirs === null ? t`Leave it deleted` : t`Keep what is there`}</Button>
				{canRestore ? (
					<Button kind="primary" onClick={restore}>
						{t`Restore mine`}
					</Button>
				) : null}
			</div>
		</Dialog>
	);
}
