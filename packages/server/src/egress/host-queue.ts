interface Waiter {
	readonly start: () => void;
}

interface Lane {
	active: number;
	readonly waiting: Set<Waiter>;
}

interface Host {
	active: number;
	/** In the order of turns: a lane that had one goes to the end. */
	readonly lanes: Map<string, Lane>;
}

export interface HostQueueLimits {
	/** Requests under way to one host at a time. */
	readonly perHost: number;
	/** Of these, for one account. */
	readonly perAccount: number;
}

/**
 * Bounds the requests under way to one host. Waiting accounts take turns, so that one with hundreds of requests
 * delays the others by one request at most. State exists only while something is under way or waiting.
 */
export class HostQueue {
	readonly #limits: HostQueueLimits;
	readonly #hosts = new Map<string, Host>();

	constructor(limits: HostQueueLimits) {
		this.#limits = limits;
	}

	/**
	 * Waits for a turn.
	 * @returns what gives the turn back; more than one call does nothing
	 * @throws the signal's reason
	 */
	async acquire(hostName: string, account: string, signal: AbortSignal): Promise<() => void> {
		signal.throwIfAborted();
		const host = getOrAdd(this.#hosts, hostName, () => ({ active: 0, lanes: new Map() }));
		const lane = getOrAdd(host.lanes, account, () => ({ active: 0, waiting: new Set() }));
		const { promise, resolve, reject } = Promise.withResolvers<void>();
		const waiter: Waiter = { start: resolve };
		const onAbort = () => {
			lane.waiting.delete(waiter);
			this.#tidy(hostName, host);
			reject(signal.reason);
		};
		lane.waiting.add(waiter);
		signal.addEventListener("abort", onAbort, { once: true });
		this.#startNext(host);
		try {
			await promise;
		} finally {
			signal.removeEventListener("abort", onAbort);
		}
		let held = true;
		return () => {
			if (!held) return;
			held = false;
			host.active--;
			lane.active--;
			this.#startNext(host);
			this.#tidy(hostName, host);
		};
	}

	/** Hosts with something under way or waiting. */
	get size(): number {
		return this.#hosts.size;
	}

	#startNext(host: Host): void {
		while (host.active < this.#limits.perHost) {
			const next = [...host.lanes].find(([, lane]) => lane.waiting.size > 0 && lane.active < this.#limits.perAccount);
			if (next === undefined) return;
			const [account, lane] = next;
			const [waiter] = lane.waiting;
			if (waiter === undefined) return;
			lane.waiting.delete(waiter);
			host.lanes.delete(account);
			host.lanes.set(account, lane);
			host.active++;
			lane.active++;
			waiter.start();
		}
	}

	#tidy(hostName: string, host: Host): void {
		for (const [account, lane] of host.lanes) {
			if (lane.active === 0 && lane.waiting.size === 0) host.lanes.delete(account);
		}
		if (host.lanes.size === 0 && this.#hosts.get(hostName) === host) this.#hosts.delete(hostName);
	}
}

function getOrAdd<K, V>(map: Map<K, V>, key: K, make: () => V): V {
	const found = map.get(key);
	if (found !== undefined) return found;
	const made = make();
	map.set(key, made);
	return made;
}
