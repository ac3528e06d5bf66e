import type { CalendarEvent, Participant } from "@kalends/client";
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Check, CircleQuestionMark, X } from "lucide-react";
import { useState } from "react";
import { kalends } from "../../../api/kalends.ts";
import { Button } from "../../../ui/button.tsx";
import { Checkbox } from "../../../ui/field.tsx";
import { announce } from "../../../ui/live-region.tsx";
import { Failed } from "../../session/failed.tsx";

type Response = Exclude<Participant["response"], "needs_action">;

/** Answers an invitation; of a series this occurrence, or all of them. */
export function Rsvp({ event, invitation }: { readonly event: CalendarEvent; readonly invitation: Participant }) {
	const { t } = useLingui();
	const client = useQueryClient();
	const [all, setAll] = useState(false);
	const isOccurrence = event.recurring_event_id !== null;
	const answer = useMutation({
		mutationFn: (response: Response) =>
			kalends.events.rsvp(event.id, response, isOccurrence && all ? { scope: "all" } : {}),
		onSuccess: (after) =>
			announce(after.sync.state === "synced" ? t`Your answer was sent` : t`Your answer is on its way`),
		onSettled: () => client.invalidateQueries({ queryKey: ["events"] }),
	});
	const answers: readonly (readonly [Response, string, typeof Check])[] = [
		["accepted", t`Yes`, Check],
		["tentative", t`Perhaps`, CircleQuestionMark],
		["declined", t`No`, X],
	];
	const given = answer.isPending ? answer.variables : invitation.response;
	return (
		<fieldset className="grid gap-2 rounded-lg bg-accent-soft p-3">
			<legend className="sr-only">{t`Your answer`}</legend>
			<div className="flex flex-wrap items-center gap-x-4 gap-y-2">
				<span className="text-sm font-medium" aria-hidden="true">
					<Trans>Are you coming?</Trans>
				</span>
				<div className="flex flex-wrap gap-1.5">
					{answers.map(([response, label, Icon]) => (
						<Button
							key={response}
							kind={given === response ? "primary" : "secondary"}
							aria-pressed={given === response}
							busy={answer.isPending && answer.variables === response}
							onClick={() => answer.mutate(response)}
						>
							{answer.isPending && answer.variables === response ? null : (
								<Icon aria-hidden="true" className="size-4" />
							)}
							{label}
						</Button>
					))}
				</div>
			</div>
			{isOccurrence ? (
				<Checkbox label={t`For the whole series`} checked={all} onChange={({ target }) => setAll(target.checked)} />
			) : null}
			<Failed error={answer.error} />
		</fieldset>
	);
}
