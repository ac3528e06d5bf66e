import { type CalendarEvent, contentHash, originalStartKey, plainInstance } from "@kalends/model";

/** True where nothing but the person's own response to one or more events differs, and that does. */
export function isResponseOnly(before: readonly CalendarEvent[], after: readonly CalendarEvent[] | null): boolean {
	if (after === null) return false;
	const keys = new Set(after.map(keyOf));
	if (!before.every((event) => keys.has(keyOf(event)))) return false;
	const old = new Map(before.map((event) => [keyOf(event), event]));
	const master = old.get("") ?? null;
	let answered = false;
	for (const event of after) {
		const was = old.get(keyOf(event)) ?? (master === null ? null : plainInstance(master, event));
		if (was === null || withoutResponse(was) !== withoutResponse(event)) return false;
		answered ||= responseOf(was) !== responseOf(event);
	}
	return answered;
}

function keyOf({ recurrence_id }: CalendarEvent): string {
	return recurrence_id === null ? "" : originalStartKey(recurrence_id);
}

function responseOf({ participants }: CalendarEvent): string | undefined {
	return participants.find(({ self }) => self)?.response;
}

function withoutResponse(event: CalendarEvent): string {
	const participants = event.participants.map((one) =>
		one.self ? { ...one, response: "needs_action" as const } : one,
	);
	const { custom_zones: _, ...rest } = event;
	return contentHash({ ...rest, participants });
}
