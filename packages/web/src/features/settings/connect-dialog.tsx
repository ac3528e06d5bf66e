import type { Connection } from "@kalends/client";
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { kalends } from "../../api/kalends.ts";
import { isKalendsError } from "../../api/query-client.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { TextField } from "../../ui/field.tsx";
import { announce } from "../../ui/live-region.tsx";
import { Failed } from "../session/failed.tsx";
import { FoundCalendars } from "./found-calendars.tsx";

/** Accounts that are connected by what one types. */
export type FormProvider = "icloud" | "caldav" | "ics";

interface Fields {
	readonly url: string;
	readonly username: string;
	readonly password: string;
	readonly name: string;
}

const FIELDS = ["url", "username", "password", "name"] as const;

export interface ConnectDialogProps {
	readonly provider: FormProvider;
	/** To be signed in to anew: it keeps its calendars and events. */
	readonly connection?: Connection;
	readonly onClose: () => void;
}

/** Asks for an account, looks for its calendars, and lets one choose among them. */
export function ConnectDialog({ provider, connection, onClose }: ConnectDialogProps) {
	const { t } = useLingui();
	const client = useQueryClient();
	const [made, setMade] = useState<Connection | null>(null);
	const form = useForm<Fields>({
		defaultValues: { url: "", username: provider === "ics" ? "" : (connection?.account ?? ""), password: "", name: "" },
	});
	const connect = useMutation({
		mutationFn: (fields: Fields) => {
			const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value.trim() !== ""));
			return connection === undefined
				? kalends.connections.create({ provider, ...given })
				: kalends.connections.update(connection.id, given);
		},
		onSuccess: async (answer) => {
			await Promise.all([
				client.invalidateQueries({ queryKey: ["connections"] }),
				client.invalidateQueries({ queryKey: ["calendars"] }),
			]);
			announce(t`${answer.name} is connected`);
			if (connection === undefined) setMade(answer);
			else onClose();
		},
		onError: (error) => {
			if (!isKalendsError(error)) return;
			for (const field of FIELDS) {
				const message = error.fields[field];
				if (message !== undefined) form.setError(field, { message });
			}
		},
	});
	const titles: Readonly<Record<FormProvider, string>> = {
		icloud: t`Connect Apple iCloud`,
		caldav: t`Connect a CalDAV account`,
		ics: t`Add an ICS feed`,
	};
	const { errors } = form.formState;
	const isNew = connection === undefined;
	if (made !== null) {
		return (
			<Dialog title={t`Connected: ${made.name}`} isOpen onClose={onClose}>
				<FoundCalendars connection={made} />
				<div className="flex justify-end">
					<Button kind="primary" onClick={onClose}>
						<Trans>Done</Trans>
					</Button>
				</div>
			</Dialog>
		);
	}
	return (
		<Dialog
			title={isNew ? titles[provider] : t`Reconnect ${connection.name}`}
			isOpen
			onClose={onClose}
			keepOnOutsidePress
		>
			<form className="grid gap-4" onSubmit={form.handleSubmit((fields) => connect.mutate(fields))} noValidate>
				<Failed error={connect.error} />
				{isNew ? null : (
					<p className="text-sm text-muted">
						<Trans>Its calendars and events stay as they are. What you leave empty stays too.</Trans>
					</p>
				)}
				{provider === "icloud" ? null : (
					<TextField
						autoFocus
						label={provider === "ics" ? t`Address of the feed` : t`Address of the server`}
						type="url"
						inputMode="url"
						placeholder={provider === "ics" ? "https://…/calendar.ics" : "https://cloud.example.com"}
						help={
							provider === "ics"
								? t`https, http or webcal. A private address holds a secret: Kalends keeps it sealed.`
								: t`The server's address is enough; Kalends finds the calendars.`
						}
						error={errors.url?.message}
						{...form.register("url", isNew ? { required: t`Enter the address.` } : {})}
					/>
				)}
				<TextField
					autoFocus={provider === "icloud"}
					label={provider === "icloud" ? t`Apple Account (e-mail address)` : t`User name`}
					help={provider === "ics" ? t`Only where the feed asks for one.` : undefined}
					autoComplete="off"
					error={errors.username?.message}
					{...form.register(
						"username",
						isNew && provider === "icloud" ? { required: t`Enter your Apple Account.` } : {},
					)}
				/>
				<TextField
					label={provider === "icloud" ? t`App-specific password` : t`Password`}
					type="password"
					autoComplete="off"
					help={
						provider === "icloud"
							? t`Not your usual password: make one at account.apple.com under Sign-In and Security, App-Specific Passwords.`
							: provider === "caldav"
								? t`With two-step sign-in, make an app password for Kalends.`
								: undefined
					}
					error={errors.password?.message}
					{...form.register("password", isNew && provider === "icloud" ? { required: t`Enter the password.` } : {})}
				/>
				{isNew ? (
					<TextField
						label={t`Name here`}
						help={t`The account's own unless you give one.`}
						error={errors.name?.message}
						{...form.register("name")}
					/>
				) : null}
				<div className="flex flex-wrap justify-end gap-2">
					<Button onClick={onClose}>
						<Trans>Cancel</Trans>
					</Button>
					<Button kind="primary" type="submit" busy={connect.isPending}>
						{connect.isPending ? t`Looking for calendars…` : isNew ? t`Connect` : t`Reconnect`}
					</Button>
				</div>
			</form>
		</Dialog>
	);
}
