import type { Connection } from "@kalends/client";
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useForm } from "react-hook-form";
import { kalends } from "../../api/kalends.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { TextField } from "../../ui/field.tsx";
import { Failed } from "../session/failed.tsx";

export function RenameDialog({
	connection,
	onClose,
}: {
	readonly connection: Connection;
	readonly onClose: () => void;
}) {
	const { t } = useLingui();
	const client = useQueryClient();
	const form = useForm({ defaultValues: { name: connection.name } });
	const rename = useMutation({
		mutationFn: ({ name }: { readonly name: string }) => kalends.connections.update(connection.id, { name }),
		onSuccess: async () => {
			await client.invalidateQueries({ queryKey: ["connections"] });
			onClose();
		},
	});
	return (
		<Dialog title={t`Rename ${connection.name}`} isOpen onClose={onClose}>
			<form className="grid gap-4" onSubmit={form.handleSubmit((fields) => rename.mutate(fields))} noValidate>
				<Failed error={rename.error} />
				<TextField
					label={t`Name here`}
					autoFocus
					error={form.formState.errors.name?.message}
					{...form.register("name", { required: t`Enter a name.`, maxLength: 200 })}
				/>
				<div className="flex justify-end gap-2">
					<Button onClick={onClose}>
						<Trans>Cancel</Trans>
					</Button>
					<Button kind="primary" type="submit" busy={rename.isPending}>
						<Trans>Save</Trans>
					</Button>
				</div>
			</form>
		</Dialog>
	);
}
