import { overlay } from "../../../ui/later.tsx";
import { useStore } from "../../../ui/store.ts";
import { usePreloaded } from "../../../ui/use-preloaded.ts";
import { asked, conflict } from "./requests.ts";

const loadScopeDialog = () => import("./scope-dialog.tsx");
const loadConflictDialog = () => import("./conflict-dialog.tsx");
const ScopeDialog = overlay(loadScopeDialog, "ScopeDialog");
const ConflictDialog = overlay(loadConflictDialog, "ConflictDialog");
const PARTS = [loadScopeDialog, loadConflictDialog] as const;

/** What writes ask and say, once on each page that writes; loaded when there is something, or the browser is idle. */
export function WriteDialogs() {
	const asks = useStore(asked) !== null;
	const conflicts = useStore(conflict) !== null;
	usePreloaded(PARTS);
	return (
		<>
			{asks ? <ScopeDialog /> : null}
			{conflicts ? <ConflictDialog /> : null}
		</>
	);
}
