import { HistoryDialog } from "../../editor/history/history-dialog.tsx";
import type { EventWrites } from "../../editor/write/use-event-writes.ts";
import type { Reading } from "../time/format.ts";

export interface GoneEventProps {
	readonly id: string;
	readonly reading: Reading;
	readonly writes: EventWrites;
	readonly onClose: () => void;
}

/** In place of an event that an address or a notification names and that was deleted since: the way to bring it back. */
export function GoneEvent({ id, ...history }: GoneEventProps) {
	return <HistoryDialog {...history} event={{ id, recurring_event_id: null }} canRestore isGone />;
}
