import { useLingui } from "@lingui/react/macro";
import type { UseQueryResult } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { STEP } from "../api/shown.ts";
import { Select } from "./field.tsx";
import { MoreList } from "./more-list.tsx";
import { ErrorState, Loading, Skeleton } from "./states.tsx";

/** What is chosen of a long list: entries of one state, or all, and how many. */
export interface ListFilter<S> {
	/** Null: all. */
	readonly state: S | null;
	readonly shown: number;
	readonly choose: (state: S | null) => void;
	readonly more: () => void;
}

export function useListFilter<S extends string>(): ListFilter<S> {
	const [state, setState] = useState<S | null>(null);
	const [shown, setShown] = useState(STEP);
	return {
		state,
		shown,
		choose: (chosen) => {
			setState(chosen);
			setShown(STEP);
		},
		more: () => setShown(shown + STEP),
	};
}

export interface StateFilterProps<S extends string> {
	readonly filter: ListFilter<S>;
	/** What each state is called, in their order. */
	readonly names: Readonly<Record<S, string>>;
}

export function StateFilter<S extends string>({ filter, names }: StateFilterProps<S>) {
	const { t } = useLingui();
	const states = Object.keys(names) as S[];
	return (
		<div className="w-full sm:w-56">
			<Select
				label={t`Show`}
				value={filter.state ?? ""}
				onChange={({ target }) => filter.choose(states.find((one) => one === target.value) ?? null)}
			>
				<option value="">{t`All`}</option>
				{states.map((one) => (
					<option key={one} value={one}>
						{names[one]}
					</option>
				))}
			</Select>
		</div>
	);
}

export interface FilteredListProps<T, S> {
	readonly label: string;
	readonly filter: Pick<ListFilter<S>, "shown" | "more">;
	/** Of `shownQuery`. */
	readonly query: UseQueryResult<T[]>;
	/** While nothing is known yet. */
	readonly skeleton: string;
	/** The title where it cannot be loaded. */
	readonly failed: string;
	/** Where there is nothing. */
	readonly empty: ReactNode;
	/** An `li` with a key. */
	readonly children: (item: T) => ReactNode;
}

/** A long list that was filtered, in whichever state it is. */
export function FilteredList<T, S>({ label, filter, query, ...props }: FilteredListProps<T, S>) {
	const { skeleton, failed, empty, children } = props;
	if (query.isPending) {
		return (
			<Loading>
				<Skeleton className={skeleton} />
			</Loading>
		);
	}
	if (query.isError) return <ErrorState title={failed} error={query.error} onRetry={() => void query.refetch()} />;
	if (query.data.length === 0) return empty;
	return (
		<MoreList
			label={label}
			className="card"
			items={query.data}
			shown={filter.shown}
			busy={query.isPlaceholderData}
			onMore={filter.more}
		>
			{children}
		</MoreList>
	);
}
