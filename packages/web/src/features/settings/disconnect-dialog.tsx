import type { Connection } from "@kalends/client";
import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { kalends } from "../../api/kalends.ts";
import { refreshAll } from "../../api/queries.ts";
import { ConfirmDialog } from "../../ui/dialog.tsx";
import { announce } from "../../ui/live-region.tsx";
import { Failed } from "../session/failed.tsx";
import { PROVIDER_NAMES } from "./provider-names.ts";

/** Says what is erased here and what stays there, before it is done. */
export function DisconnectDialog({
	connection,
	calendars,
	onDone,
	onClose,
}: {
	readonly connection: Connection;
	readonly calendars: number;
	/** Called once it is disconnected, before it goes. */
	readonly onDone: () => void;
	readonly onClose: () => void;
}) {
	const { t } = useLingui();
	const client = useQueryClient();
	const provider = PROVIDER_NAMES[connection.provider];
	const disconnect = useMutation({
		mutationFn: () => kalends.connections.delete(connection.id),
		onSuccess: async () => {
			announce(t`${connection.name} is disconnected`);
			onDone();
			onClose();
			await refreshAll(client);
		},
	});
	return (
		<ConfirmDialog
			title={t`Disconnect ${connection.name}?`}
			isOpen
			onClose={onClose}
			confirm={t`Disconnect`}
			busy={disconnect.isPending}
			onConfirm={() => disconnect.mutate()}
		>
			<Failed error={disconnect.error} />
			<ul className="grid list-disc gap-1.5 ps-5">
				<li>
					<Trans>Erased here: what Kalends signs in with, and </Trans>
					<Plural value={calendars} one="one calendar with its events." other="# calendars with their events." />
				</li>
				<li>
					<Trans>Lost: changes that have not been sent to {provider} yet.</Trans>
				</li>
				<li>
					<Trans>Stays: everything at {provider}.</Trans>
				</li>
				{connection.provider === "google" ? (
					<li>
						<Trans>
							The permission that you gave Kalends at Google is given back. If Google does not answer, Kalends goes on
							trying for a day.
						</Trans>
					</li>
				) : null}
			</ul>
		</ConfirmDialog>
	);
}
