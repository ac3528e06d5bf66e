const waiting: (() => void)[] = [];

/**
 * Lets everything else that waits have its turn on the event loop. Of all who breathe one goes on in each turn, so that a
 * turn is as long as one piece of work, however many of them are under way.
 */
export function breathe(): Promise<void> {
	return new Promise((resolve) => {
		waiting.push(resolve);
		if (waiting.length === 1) setImmediate(wakeNext);
	});
}

function wakeNext(): void {
	waiting.shift()?.();
	if (waiting.length > 0) setImmediate(wakeNext);
}
