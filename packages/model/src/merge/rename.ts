import type { ResourceEvents } from "./lost-edit.ts";

/**
 * The events under the UID that the provider gave to what it made of them: some name what is created themselves.
 * Unchanged unless what was sent and what is there have one UID each, and not the same.
 * @param sent what was sent to be created
 * @param made what the provider has of it
 */
export function followUid(events: ResourceEvents, sent: ResourceEvents, made: ResourceEvents): ResourceEvents {
	const from = onlyUid(sent);
	const to = onlyUid(made);
	if (events === null || from === null || to === null || from === to) return events;
	return events.map((event) => (event.uid === from ? { ...event, uid: to } : event));
}

function onlyUid(events: ResourceEvents): string | null {
	const uids = new Set(events?.map(({ uid }) => uid));
	const [uid] = uids;
	return uids.size === 1 && uid !== undefined ? uid : null;
}
