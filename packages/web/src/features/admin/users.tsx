import type { User } from "@kalends/client";
import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { Button } from "../../ui/button.tsx";
import { ErrorState, Loading, Skeleton } from "../../ui/states.tsx";
import { useNow } from "../../ui/use-now.ts";
import { DeleteUserDialog } from "./delete-user-dialog.tsx";
import { usersQuery } from "./queries.ts";
import { UserDialog } from "./user-dialog.tsx";
import { UserRow } from "./user-row.tsx";

type Open = { readonly kind: "new" } | { readonly kind: "password" | "delete"; readonly user: User } | null;

/** Who has an account here. */
export function Users({ ownId }: { readonly ownId: string }) {
	const { t } = useLingui();
	const now = useNow();
	const [open, setOpen] = useState<Open>(null);
	const users = useQuery(usersQuery);
	const close = () => setOpen(null);
	return (
		<section aria-labelledby="users" className="grid gap-3">
			<div className="flex flex-wrap items-center justify-between gap-3">
				<h2 id="users" className="text-lg font-semibold">
					<Trans>People</Trans>
				</h2>
				<Button kind="primary" onClick={() => setOpen({ kind: "new" })}>
					<Plus aria-hidden="true" className="size-4" />
					{t`New account`}
				</Button>
			</div>
			{users.isPending ? (
				<Loading>
					<Skeleton className="h-28" />
				</Loading>
			) : users.isLoadingError ? (
				<ErrorState title={t`People could not be loaded.`} error={users.error} onRetry={() => void users.refetch()} />
			) : (
				<ul className="card" aria-label={t`People`}>
					{users.data.map((user) => (
						<UserRow
							key={user.id}
							{...{ user, now }}
							isSelf={user.id === ownId}
							onPassword={() => setOpen({ kind: "password", user })}
							onDelete={() => setOpen({ kind: "delete", user })}
						/>
					))}
				</ul>
			)}
			{open?.kind === "new" ? <UserDialog user={null} onClose={close} /> : null}
			{open?.kind === "password" ? <UserDialog user={open.user} onClose={close} /> : null}
			{open?.kind === "delete" ? <DeleteUserDialog user={open.user} onClose={close} /> : null}
		</section>
	);
}
