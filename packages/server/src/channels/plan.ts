import type { ChannelState } from "../db/schema.ts";

/** A channel as it is stored. Instants are epoch milliseconds. */
export interface KnownChannel {
	readonly id: string;
	/** Null: the list of calendars. */
	readonly calendarId: string | null;
	readonly state: ChannelState;
	readonly renewAt: number;
	readonly expiresAt: number;
	readonly createdAt: number;
}

export interface ChannelPlan {
	/** What a channel is to be opened for; null: the list of calendars. */
	readonly open: readonly (string | null)[];
	/** To be stopped when those are open: they are replaced by then, or not wanted. */
	readonly stop: readonly KnownChannel[];
	/** Nothing of them is at the provider any more. */
	readonly forget: readonly KnownChannel[];
}

/** Whoever opens a channel is dead after so long. */
const OPENING_MS = 120_000;

/**
 * One live channel for each target; the next one is opened before the last one ends, so that no change falls in between.
 * @param targets calendars, and null for their list
 */
export function planChannels(
	targets: readonly (string | null)[],
	known: readonly KnownChannel[],
	now: number,
): ChannelPlan {
	const open: (string | null)[] = [];
	const stop: KnownChannel[] = [];
	const forget = known.filter((channel) => isOver(channel, now));
	const present = known.filter((channel) => !isOver(channel, now));
	for (const target of targets) {
		const mine = present.filter(({ calendarId }) => calendarId === target);
		const [newest, ...older] = mine
			.filter(({ state }) => state === "live")
			.toSorted((a, b) => b.createdAt - a.createdAt);
		stop.push(...older);
		const waits = mine.some(({ state }) => state !== "live");
		if (waits || (newest !== undefined && newest.renewAt > now)) continue;
		open.push(target);
		if (newest !== undefined) stop.push(newest);
	}
	stop.push(...present.filter(({ calendarId }) => !targets.includes(calendarId)));
	return { open, stop, forget };
}

/** A quarter of its time before it ends, a day at the most. */
export function renewalOf(createdAt: number, expiresAt: number): number {
	return expiresAt - Math.min((expiresAt - createdAt) / 4, 86_400_000);
}

function isOver({ state, createdAt, renewAt, expiresAt }: KnownChannel, now: number): boolean {
	if (state === "opening") return createdAt + OPENING_MS <= now;
	return state === "refused" ? renewAt <= now : expiresAt <= now;
}
