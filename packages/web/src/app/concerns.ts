import type { Calendar, Connection } from "@kalends/client";

/** Something that a person has to do so that everything is in sync again. */
export interface Concern {
	readonly key: string;
	readonly title: string;
	readonly detail: string;
	readonly fix: string;
}

/** What waits for a person: not what Kalends tries again by itself, nor what somebody paused. */
export function concernsOf(connections: readonly Connection[], calendars: readonly Calendar[]): readonly Concern[] {
	const waiting = [
		...connections.filter((one) => ["reauth_required", "limited"].includes(one.status) || waitsForPerson(one)),
		...calendars.filter(
			({ selected, status, fix }) => selected && ["paused", "gone", "error"].includes(status) && fix !== null,
		),
	];
	return waiting.map(({ id, name, status_detail, fix }) => ({
		key: id,
		title: name,
		detail: status_detail ?? "",
		fix: fix ?? "",
	}));
}

/** An error that no later try ends. */
function waitsForPerson({ status, status_reason, next_sync_at }: Connection): boolean {
	return status === "error" && next_sync_at === null && status_reason !== "calendars_failing";
}
