import type { Session } from "@kalends/client";
import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Monitor, Smartphone } from "lucide-react";
import { kalends } from "../../api/kalends.ts";
import { Button } from "../../ui/button.tsx";
import { announce } from "../../ui/live-region.tsx";
import { relativeTime } from "../../ui/relative-time.ts";
import { ErrorState, Loading, Skeleton } from "../../ui/states.tsx";
import { useNow } from "../../ui/use-now.ts";
import { Failed } from "../session/failed.tsx";
import { deviceOf } from "./user-agent.ts";

const sessionsQuery = queryOptions({
	queryKey: ["sessions"],
	queryFn: ({ signal }) => kalends.sessions.list({ limit: 200 }, { signal }).all(),
});

/** Every browser that is signed in, each with a way to sign it out. */
export function Sessions() {
	const { t } = useLingui();
	const client = useQueryClient();
	const now = useNow();
	const { data, error, isPending, isError, refetch } = useQuery(sessionsQuery);
	const end = useMutation({
		mutationFn: async (id: string | null) => {
			if (id === null) await kalends.sessions.deleteOthers();
			else await kalends.sessions.delete(id);
		},
		onSuccess: () => announce(t`Signed out there`),
		onSettled: () => client.invalidateQueries({ queryKey: ["sessions"] }),
	});
	if (isPending) {
		return (
			<Loading>
				<Skeleton className="h-20" />
			</Loading>
		);
	}
	if (isError) return <ErrorState title={t`They could not be loaded.`} error={error} onRetry={() => void refetch()} />;
	const others = data.filter(({ current }) => !current).length;
	return (
		<>
			<ul className="grid gap-3">
				{data.map((session) => (
					<SessionRow
						key={session.id}
						session={session}
						now={now}
						busy={end.isPending && end.variables === session.id}
						onEnd={() => end.mutate(session.id)}
					/>
				))}
			</ul>
			<Failed error={end.error} />
			{others === 0 ? null : (
				<div>
					<Button busy={end.isPending && end.variables === null} onClick={() => end.mutate(null)}>
						<Plural value={others} one="Sign out the other one" other="Sign out the other #" />
					</Button>
				</div>
			)}
		</>
	);
}

interface SessionRowProps {
	readonly session: Session;
	readonly now: number;
	readonly busy: boolean;
	readonly onEnd: () => void;
}

function SessionRow({ session, now, busy, onEnd }: SessionRowProps) {
	const { t } = useLingui();
	const { browser, system } = deviceOf(session.user_agent ?? "");
	const name =
		browser !== null && system !== null ? t`${browser} on ${system}` : (browser ?? system ?? t`Unknown browser`);
	const Icon = system === "iPhone" || system === "Android" ? Smartphone : Monitor;
	// Its end is moved on once a day at the most; half a minute is what reads as "now".
	const inUse = session.current || now - Date.parse(session.renewed_at) < 30_000;
	const facts = [
		session.ip_address,
		t`since ${relativeTime(session.created_at, now)}`,
		inUse ? t`last used now` : t`last used ${relativeTime(session.renewed_at, now)} or later`,
	];
	return (
		<li className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
			<Icon aria-hidden="true" className="size-5 shrink-0 text-muted" />
			<div className="min-w-0 flex-1 basis-48">
				<p className="font-medium">{name}</p>
				<p className="text-muted">{facts.filter((fact) => fact !== null).join(" · ")}</p>
			</div>
			{session.current ? (
				<span className="rounded-full bg-ok-soft px-2.5 py-0.5">
					<Trans>This browser</Trans>
				</span>
			) : (
				<Button kind="quiet" busy={busy} onClick={onEnd}>
					{t`Sign out`}
					<span className="sr-only"> {name}</span>
				</Button>
			)}
		</li>
	);
}
