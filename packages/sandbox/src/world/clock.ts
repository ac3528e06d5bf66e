/** The sandbox's time: that of its options, which tests can put forward. */
export interface Clock {
	/** Epoch milliseconds. */
	now(): number;
	/** Puts the clock forward and does what has become due, in order. */
	advance(milliseconds: number): void;
	/** Does something later: after so long in real time, or once the clock was put forward past it. */
	after(milliseconds: number, act: () => void): void;
	/** Forgets what is still to be done. */
	stop(): void;
}

interface Task {
	readonly at: number;
	readonly act: () => void;
	readonly timer: NodeJS.Timeout;
}

export function createClock(source: () => number): Clock {
	const tasks = new Set<Task>();
	let offset = 0;
	const now = (): number => source() + offset;
	const perform = (task: Task): void => {
		clearTimeout(task.timer);
		if (tasks.delete(task)) task.act();
	};
	return {
		now,
		advance(milliseconds) {
			offset += milliseconds;
			const due = [...tasks].filter((task) => task.at <= now()).sort((a, b) => a.at - b.at);
			for (const task of due) perform(task);
		},
		after(milliseconds, act) {
			// Longer than a timer can wait: only putting the clock forward gets there.
			const timer = setTimeout(() => perform(task), Math.min(milliseconds, 2 ** 31 - 1));
			timer.unref();
			const task: Task = { at: now() + milliseconds, act, timer };
			tasks.add(task);
		},
		stop() {
			for (const task of tasks) clearTimeout(task.timer);
			tasks.clear();
		},
	};
}
