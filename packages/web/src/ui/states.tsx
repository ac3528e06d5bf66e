import { Trans, useLingui } from "@lingui/react/macro";
import { CircleAlert } from "lucide-react";
import type { ReactNode, Ref } from "react";
import { Button } from "./button.tsx";
import { CopyButton } from "./copy-button.tsx";

export { Loading, Skeleton } from "./skeleton.tsx";

/** Nothing there: why, and the one next action. */
export function Empty({
	icon,
	title,
	children,
	action,
}: {
	readonly icon?: ReactNode;
	readonly title: ReactNode;
	readonly children?: ReactNode;
	readonly action?: ReactNode;
}) {
	return (
		<div className="grid justify-items-center gap-3 px-6 py-12 text-center">
			{icon === undefined ? null : <div className="text-muted">{icon}</div>}
			<h2 className="text-lg font-semibold">{title}</h2>
			{children === undefined ? null : <div className="max-w-prose text-muted">{children}</div>}
			{action}
		</div>
	);
}

/** What the API says of a failure, where it says something. */
interface Failure {
	readonly detail: string;
	readonly fix: string | null;
	readonly requestId: string | null;
}

/** What failed in words: the API's own sentences, else that the server cannot be reached. */
export function failureOf(error: unknown): Failure {
	const { message, fix, requestId } = (typeof error === "object" && error !== null ? error : {}) as {
		readonly message?: unknown;
		readonly fix?: unknown;
		readonly requestId?: unknown;
	};
	const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : null);
	return { detail: text(message) ?? String(error), fix: text(fix), requestId: text(requestId) };
}

export interface ErrorStateProps {
	/** What could not be done: "Your calendars could not be loaded." */
	readonly title: ReactNode;
	readonly error: unknown;
	readonly onRetry?: () => void;
	/** What still works. */
	readonly children?: ReactNode;
}

export function ErrorState({ title, error, onRetry, children }: ErrorStateProps) {
	const { t } = useLingui();
	const { detail, fix, requestId } = failureOf(error);
	return (
		<div role="alert" className="card grid gap-2 border-danger p-4">
			<p className="flex items-center gap-2 font-semibold text-danger">
				<CircleAlert aria-hidden="true" className="size-5 shrink-0" />
				{title}
			</p>
			<p>
				{detail} {fix}
			</p>
			{children}
			<div className="flex flex-wrap items-center gap-2">
				{onRetry === undefined ? null : (
					<Button onClick={onRetry}>
						<Trans>Try again</Trans>
					</Button>
				)}
				{requestId === null ? null : (
					<span className="inline-flex items-center gap-1 text-sm text-muted">
						<code>{requestId}</code>
						<CopyButton text={requestId} label={t`Copy the request id`} />
					</span>
				)}
			</div>
		</div>
	);
}

const TONES = {
	info: "bg-accent-soft",
	ok: "bg-ok-soft",
	warn: "bg-warn-soft",
	danger: "bg-danger-soft",
} as const;

/** A box of one or two sentences, with actions. */
export function Notice({
	tone = "info",
	children,
	actions,
	ref,
}: {
	readonly tone?: keyof typeof TONES;
	readonly children: ReactNode;
	readonly actions?: ReactNode;
	readonly ref?: Ref<HTMLDivElement>;
}) {
	return (
		<div
			ref={ref}
			className={`flex flex-wrap items-start justify-between gap-x-4 gap-y-2 rounded-lg px-4 py-3 text-sm text-text forced-colors:border ${TONES[tone]}`}
		>
			<div className="min-w-0 flex-1 basis-64">{children}</div>
			{actions === undefined ? null : <div className="flex flex-wrap gap-2">{actions}</div>}
		</div>
	);
}
