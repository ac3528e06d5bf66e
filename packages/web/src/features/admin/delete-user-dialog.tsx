import type { User } from "@kalends/client";
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { kalends } from "../../api/kalends.ts";
import { ConfirmDialog } from "../../ui/dialog.tsx";
import { announce } from "../../ui/live-region.tsx";
import { Failed } from "../session/failed.tsx";
import { usersQuery } from "./queries.ts";

/** Says what goes with the account. */
export function DeleteUserDialog({ user, onClose }: { readonly user: User; readonly onClose: () => void }) {
	const { t } = useLingui();
	const client = useQueryClient();
	const erase = useMutation({
		mutationFn: () => kalends.users.delete(user.id),
		onSuccess: async () => {
			announce(t`The account is deleted`);
			onClose();
			await Promise.all(
				[usersQuery.queryKey, ["admin-connections"]].map((queryKey) => client.invalidateQueries({ queryKey })),
			);
		},
	});
	return (
		<ConfirmDialog
			title={t`Delete ${user.email}?`}
			isOpen
			onClose={onClose}
			confirm={t`Delete the account`}
			busy={erase.isPending}
			onConfirm={() => erase.mutate()}
		>
			<Failed error={erase.error} />
			<p>
				<Trans>
					Their connections, the copies of their events, keys and settings are erased for good. Nothing is deleted at
					their calendars' providers.
				</Trans>
			</p>
		</ConfirmDialog>
	);
}
