import type { Setup } from "@kalends/client";
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation } from "@tanstack/react-query";
import { CircleAlert, CircleCheck, FileJson } from "lucide-react";
import { type DragEvent, useState } from "react";
import { kalends } from "../../api/kalends.ts";
import { Button } from "../../ui/button.tsx";
import { CopyLine } from "../../ui/copy-button.tsx";
import { announce } from "../../ui/live-region.tsx";
import { Notice } from "../../ui/states.tsx";
import { Failed } from "../session/failed.tsx";
import { Step } from "./checklist.tsx";
import { type ClientFile, readClientFile } from "./client-file.ts";

/** Google: what to make there with which address, what to set here, and a look whether it works. */
export function GoogleStep({
	google,
	isReachable,
}: {
	readonly google: Setup["google"];
	readonly isReachable: boolean;
}) {
	const { t } = useLingui();
	const needed = google.redirect_uris.filter((one) => one.needed).map(({ uri }) => uri);
	const others = google.redirect_uris.filter((one) => !one.needed).map(({ uri }) => uri);
	return (
		<Step done={google.configured} title={t`Google`}>
			{isReachable ? null : (
				<Notice tone="warn">
					<Trans>Google sends nobody back to the public address above. Put it in order first.</Trans>
				</Notice>
			)}
			{google.configured ? (
				<p>
					<Trans>Kalends has a Google client. Its redirect URI has to be entered there exactly so:</Trans>
				</p>
			) : (
				<ol className="grid list-decimal gap-2 ps-5">
					<li>
						<Trans>
							In the Google Cloud console, make a project, and enable the <strong>Google Calendar API</strong> under
							APIs and services, Library.
						</Trans>
					</li>
					<li>
						<Trans>
							Under Google Auth Platform set up the consent screen, and publish it: in testing, sign-ins end after seven
							days.
						</Trans>
					</li>
					<li>
						<Trans>
							Under Clients make a client of the type <strong>Web application</strong>, with this redirect URI:
						</Trans>
					</li>
				</ol>
			)}
			{needed.map((uri) => (
				<CopyLine key={uri} text={uri} label={t`Copy the redirect URI`} />
			))}
			{google.missing_redirect_uris?.some((uri) => needed.includes(uri)) ? (
				<Notice tone="warn">
					<Trans>
						The client's file does not name this redirect URI. Enter it at Google, then download the file anew.
					</Trans>
				</Notice>
			) : null}
			{others.length === 0 ? null : (
				<details>
					<summary className="inline-flex min-h-6 items-center underline">
						<Trans>Redirect URIs of the older interfaces, if you use them</Trans>
					</summary>
					<div className="mt-2 grid gap-2">
						{others.map((uri) => (
							<CopyLine key={uri} text={uri} label={t`Copy the redirect URI`} />
						))}
					</div>
				</details>
			)}
			{google.configured ? <LiveCheck /> : <ClientFileDrop redirectUri={needed[0] ?? ""} />}
		</Step>
	);
}

/** Reads the console's file in the browser, and says what to set: nothing of it is sent anywhere. */
function ClientFileDrop({ redirectUri }: { readonly redirectUri: string }) {
	const { t } = useLingui();
	const [file, setFile] = useState<ClientFile | null>(null);
	const [over, setOver] = useState(false);
	const take = async (given: File | undefined) => {
		if (given === undefined) return;
		setFile(readClientFile(await given.text(), redirectUri));
		announce(t`The file was read`);
	};
	const drop = (event: DragEvent) => {
		event.preventDefault();
		setOver(false);
		void take(event.dataTransfer.files[0]);
	};
	return (
		<div className="grid grid-cols-[minmax(0,1fr)] gap-3">
			{/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way; the file field within is the first. */}
			<div
				onDragOver={(event) => {
					event.preventDefault();
					setOver(true);
				}}
				onDragLeave={() => setOver(false)}
				onDrop={drop}
				className={`grid justify-items-center gap-2 rounded-xl border-2 border-dashed p-5 text-center ${over ? "border-accent bg-accent-soft" : "border-line-strong"}`}
			>
				<FileJson aria-hidden="true" className="size-8 text-muted" />
				<label className="grid w-full min-w-0 grid-cols-[minmax(0,1fr)] gap-2">
					<span>
						<Trans>Drop the client's JSON file here, or choose it. It stays in this browser.</Trans>
					</span>
					<input
						type="file"
						accept=".json,application/json"
						onChange={(event) => void take(event.target.files?.[0])}
						className="w-full min-w-0 text-sm file:me-3 file:min-h-9 file:rounded-lg file:border file:border-line-strong file:bg-surface file:px-3 file:font-medium file:text-text pointer-coarse:file:min-h-11"
					/>
				</label>
			</div>
			{file === null ? null : file.type === "refused" ? (
				<RefusedFile reason={file.reason} />
			) : (
				<>
					{file.lacksRedirectUri ? (
						<Notice tone="warn">
							<Trans>
								This client does not have the redirect URI above. It has: <code>{file.redirectUris.join(", ")}</code>
							</Trans>
						</Notice>
					) : null}
					<p>
						<Trans>Set these where Kalends is started (its environment, or the file .env), then start it anew:</Trans>
					</p>
					<CopyLine text={`GOOGLE_CLIENT_ID=${file.id}`} label={t`Copy the line`} />
					<CopyLine text={`GOOGLE_CLIENT_SECRET=${file.secret}`} label={t`Copy the line`} />
					<p className="text-muted">
						<Trans>
							Or keep the file on the server and set <code>GOOGLE_CLIENT_SECRETS_FILE</code> to its path.
						</Trans>
					</p>
				</>
			)}
		</div>
	);
}

function RefusedFile({ reason }: Pick<Extract<ClientFile, { readonly type: "refused" }>, "reason">) {
	const { t } = useLingui();
	const texts: Readonly<Record<typeof reason, string>> = {
		not_json: t`This is not a JSON file. Download it on the client's page at Google.`,
		desktop: t`This client is of the type Desktop app. Make one of the type Web application.`,
		incomplete: t`This file has no client id and secret. Download the one of the client itself.`,
	};
	return (
		<div role="alert">
			<Notice tone="danger">{texts[reason]}</Notice>
		</div>
	);
}

function LiveCheck() {
	const { t } = useLingui();
	const check = useMutation({
		mutationFn: () => kalends.admin.checkedSetup(),
		onSuccess: ({ checks }) =>
			announce(checks?.every(({ ok }) => ok) ? t`Everything works` : t`Something does not work`),
	});
	return (
		<div className="grid justify-items-start gap-3">
			<Button busy={check.isPending} onClick={() => check.mutate()}>
				{check.isPending ? t`Looking…` : t`Check whether it works`}
			</Button>
			<Failed error={check.error} />
			<ul className="grid gap-2">
				{check.data?.checks?.map(({ check: name, ok, detail }) => (
					<li key={name} className="flex gap-2">
						{ok ? (
							<CircleCheck aria-label={t`works`} className="mt-0.5 size-4 shrink-0 text-ok" />
						) : (
							<CircleAlert aria-label={t`does not work`} className="mt-0.5 size-4 shrink-0 text-danger" />
						)}
						<span>
							<strong>{name}</strong>: {detail}
						</span>
					</li>
				))}
			</ul>
		</div>
	);
}
