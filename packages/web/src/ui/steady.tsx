import { type Query, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import { Loading, Skeleton } from "./skeleton.tsx";

/**
 * Shows parts that are read from the server one beside the other at once, when the last has come or failed, so that none
 * pushes the others about. What they read later they show themselves.
 */
export function Steady({ children }: { readonly children: ReactNode }) {
	const client = useQueryClient();
	const [ready, setReady] = useState(false);
	useEffect(() => {
		if (ready) return;
		const look = () => {
			if (client.isFetching({ predicate: isFirst }) === 0) setReady(true);
		};
		// Reading begins in effects, some of which come after this one.
		queueMicrotask(look);
		return client.getQueryCache().subscribe(look);
	}, [client, ready]);
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
