import { type Query, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import { Loading, Skeleton } from "./skeleton.tsx";

export interface SteadyProps {
	/** Whether what is around it still reads for the first time; what its parts read it sees itself. */
	readonly waiting?: boolean;
	readonly children: ReactNode;
}

/**
 * Shows parts that are read from the server one beside the other at once, when the last has come or failed, so that none
 * pushes the others about. What they read later they show themselves.
 */
export function Steady({ waiting = false, children }: SteadyProps) {
	const client = useQueryClient();
	const [ready, setReady] = useState(false);
	useEffect(() => {
		if (ready || waiting) return;
		let timer: ReturnType<typeof setTimeout> | undefined;
		// What has just come is in the parts a task later: TanStack Query tells of it by a timer, which is before this one.
		const look = () => {
			clearTimeout(timer);
			if (client.isFetching({ predicate: isFirst }) === 0) timer = setTimeout(() => setReady(true));
		};
		// The parts' own effects, which begin to read, have run before this one.
		look();
		const end = client.getQueryCache().subscribe(look);
		return () => {
			clearTimeout(timer);
			end();
		};
	}, [client, ready, waiting]);
	return (
		<>
			{ready ? null : (
				<Loading>
					<Skeleton className="h-40" />
					<Skeleton className="h-40" />
				</Loading>
			)}
			<div className={ready ? "contents" : "hidden"}>{children}</div>
		</>
	);
}

function isFirst({ state }: Query): boolean {
	return state.status === "pending";
}
