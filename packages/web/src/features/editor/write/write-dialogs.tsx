import { lazy, Suspense } from "react";
import { useStore } from "../../../ui/store.ts";
import { asked, conflict } from "./requests.ts";

const ScopeDialog = lazy(() => import("./scope-dialog.tsx").then((module) => ({ default: module.ScopeDialog })));
const ConflictDialog = lazy(() =>
	import("./conflict-dialog.tsx").then((module) => ({ default: module.ConflictDialog })),
);

/** What writes ask and say, once on each page that writes; loaded when there is something. */
export function WriteDialogs() {
	const asks = useStore(asked) !== null;
	const conflicts = useStore(conflict) !== null;
	return (
		<Suspense>
			{asks ? <ScopeDialog /> : null}
			{conflicts ? <ConflictDialog /> : null}
		</Suspense>
	);
}
