/** Where the server is between start and end; `/readyz` tells load balancers. */
export interface Lifecycle {
	/** True from the first signal to stop: what runs is finished, nothing new should come. */
	readonly draining: boolean;
	drain(): void;
}

export function createLifecycle(): Lifecycle {
	let draining = false;
	return {
		get draining() {
			return draining;
		},
		drain: () => {
			draining = true;
		},
	};
}
