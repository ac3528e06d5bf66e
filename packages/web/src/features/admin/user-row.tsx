import type { User, UserPatch } from "@kalends/client";
import { useLingui } from "@lingui/react/macro";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Ellipsis, KeyRound, ShieldCheck, Trash2, UserCheck, UserX } from "lucide-react";
import { kalends } from "../../api/kalends.ts";
import { announce } from "../../ui/live-region.tsx";
import { Menu } from "../../ui/menu.tsx";
import { relativeTime } from "../../ui/relative-time.ts";
import { Failed } from "../session/failed.tsx";
import { usersQuery } from "./queries.ts";

export interface UserRowProps {
	readonly user: User;
	readonly isSelf: boolean;
	readonly now: number;
	readonly onPassword: () => void;
	readonly onDelete: () => void;
}

/** One person: role, whether shut out, and what can be done. */
export function UserRow({ user, isSelf, now, onPassword, onDelete }: UserRowProps) {
	const { t } = useLingui();
	const client = useQueryClient();
	const { id, name, email, role, banned, created_at } = user;
	const change = useMutation({
		mutationFn: (patch: UserPatch) => kalends.users.update(id, patch),
		onSuccess: () => announce(t`Saved`),
		onSettled: () => client.invalidateQueries({ queryKey: usersQuery.queryKey }),
	});
	return (
		<li className="grid gap-2 border-line px-4 py-3 text-sm not-first:border-t">
			<div className="flex flex-wrap items-center gap-x-3 gap-y-1">
				<div className="min-w-0 flex-1 basis-48">
					<p dir="auto" className="font-medium">
						{name === "" ? email : name}
						{isSelf ? <span className="font-normal text-muted"> {t`(you)`}</span> : null}
					</p>
					<p className="text-muted">
						{name === "" ? null : (
							<>
								<bdi>{email}</bdi> ·{" "}
							</>
						)}
						{t`account made ${relativeTime(created_at, now)}`}
					</p>
				</div>
				{role === "admin" ? (
					<span className="inline-flex items-center gap-1 rounded-full bg-accent-soft px-2.5 py-0.5">
						<ShieldCheck aria-hidden="true" className="size-3.5" />
						{t`Administrator`}
					</span>
				) : null}
				{banned ? <span className="rounded-full bg-danger-soft px-2.5 py-0.5">{t`Shut out`}</span> : null}
				{isSelf ? null : (
					<Menu
						label={t`More for ${email}`}
						icon={<Ellipsis aria-hidden="true" className="size-5" />}
						actions={[
							role === "admin"
								? {
										id: "role",
										label: t`Make an ordinary user`,
										icon: <ShieldCheck aria-hidden="true" className="size-4" />,
										onAction: () => change.mutate({ role: "user" }),
									}
								: {
										id: "role",
										label: t`Make an administrator`,
										icon: <ShieldCheck aria-hidden="true" className="size-4" />,
										onAction: () => change.mutate({ role: "admin" }),
									},
							{
								id: "password",
								label: t`Set a password`,
								icon: <KeyRound aria-hidden="true" className="size-4" />,
								onAction: onPassword,
							},
							banned
								? {
										id: "ban",
										label: t`Let in again`,
										icon: <UserCheck aria-hidden="true" className="size-4" />,
										onAction: () => change.mutate({ banned: false }),
									}
								: {
										id: "ban",
										label: t`Shut out`,
										icon: <UserX aria-hidden="true" className="size-4" />,
										onAction: () => change.mutate({ banned: true }),
									},
							{
								id: "delete",
								label: t`Delete`,
								danger: true,
								icon: <Trash2 aria-hidden="true" className="size-4" />,
								onAction: onDelete,
							},
						]}
					/>
				)}
			</div>
			<Failed error={change.error} />
		</li>
	);
}
