import { Trans, useLingui } from "@lingui/react/macro";
import { type ReactNode, useEffect, useRef } from "react";
import { Button } from "./button.tsx";
import { announce } from "./live-region.tsx";

export interface MoreListProps<T> {
	readonly label: string;
	readonly className?: string;
	/** The first `shown`, and one besides where there are more. */
	readonly items: readonly T[];
	readonly shown: number;
	/** More are being fetched. */
	readonly busy: boolean;
	readonly onMore: () => void;
	/** An `li` with a key. */
	readonly children: (item: T) => ReactNode;
}

/** A long list, page by page. Who asked for more goes on at the first that came, and hears how many there are. */
export function MoreList<T>({ label, className, items, shown, busy, onMore, children }: MoreListProps<T>) {
	const { t } = useLingui();
	const list = useRef<HTMLUListElement>(null);
	const before = useRef<number | null>(null);
	const count = Math.min(items.length, shown);
	useEffect(() => {
		const from = before.current;
		if (busy || from === null) return;
		before.current = null;
		const first = list.current?.children.item(from);
		if (!(first instanceof HTMLElement)) return;
		first.tabIndex = -1;
		first.focus();
		announce(count - from === 1 ? t`One more is shown` : t`${count - from} more are shown`);
	}, [busy, count, t]);
	const more = () => {
		before.current = count;
		onMore();
	};
	return (
		<>
			<ul ref={list} aria-label={label} className={className}>
				{items.slice(0, shown).map(children)}
			</ul>
			{busy || items.length > shown ? (
				<div className="flex justify-center">
					<Button busy={busy} onClick={more}>
						<Trans>Show more</Trans>
						<span className="sr-only"> {label}</span>
					</Button>
				</div>
			) : null}
		</>
	);
}
