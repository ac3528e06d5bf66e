/** Brings many messages of one connection down to few syncs; of this process, as a message comes to one process. */
export interface Hints {
	/** Asks for a sync of this connection: at once, or when its messages have calmed down. */
	give(key: string, sync: () => Promise<void>): void;
	/** What waits is dropped: polling brings it. */
	close(): void;
}

export interface HintTimes {
	/** So long after the last message, milliseconds. */
	readonly calmMs: number;
	/** So long after the last sync at the latest. */
	readonly mostMs: number;
}

const USUAL: HintTimes = { calmMs: 300, mostMs: 2_000 };
/** More messages than this since the last sync. */
const FLOOD_MESSAGES = 50;
const FLOOD: HintTimes = { calmMs: 3_000, mostMs: 60_000 };

interface Burst {
	syncedAt: number;
	lastAt: number;
	messages: number;
	timer: NodeJS.Timeout | undefined;
	sync: () => Promise<void>;
}

/**
 * The first message syncs at once. Those that follow are put together: until they calm down, two seconds at the most, and
 * a minute in a flood, as nobody changes a calendar that often (T16).
 * @param now milliseconds, of a clock that never jumps
 */
export function createHints(now: () => number, failed: (error: unknown) => void): Hints {
	const bursts = new Map<string, Burst>();

	const run = (burst: Burst) => {
		Object.assign(burst, { syncedAt: now(), messages: 0 });
		burst.sync().catch(failed);
	};
	const dueAt = ({ syncedAt, lastAt, messages }: Burst) => {
		const { calmMs, mostMs } = messages > FLOOD_MESSAGES ? FLOOD : USUAL;
		return messages === 0 ? syncedAt + mostMs : Math.min(lastAt + calmMs, syncedAt + mostMs);
	};
	const wait = (key: string, burst: Burst) => {
		clearTimeout(burst.timer);
		burst.timer = setTimeout(
			() => {
				if (dueAt(burst) > now()) wait(key, burst);
				else if (burst.messages === 0) bursts.delete(key);
				else {
					run(burst);
					wait(key, burst);
				}
			},
			Math.max(1, dueAt(burst) - now()),
		);
		burst.timer.unref();
	};
	return {
		give(key, sync) {
			const burst = bursts.get(key);
			if (burst !== undefined) {
				Object.assign(burst, { sync, lastAt: now(), messages: burst.messages + 1 });
				// Later ones only put off what waits.
				if (burst.messages === 1) wait(key, burst);
				return;
			}
			const fresh: Burst = { syncedAt: 0, lastAt: now(), messages: 0, timer: undefined, sync };
			bursts.set(key, fresh);
			run(fresh);
			wait(key, fresh);
		},
		close() {
			for (const { timer } of bursts.values()) clearTimeout(timer);
			bursts.clear();
		},
	};
}
