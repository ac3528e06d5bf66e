/** Lets so many do their work at once; the others wait, in order. */
export interface Line {
	run<T>(work: () => Promise<T>): Promise<T>;
}

export function createLine(most: number): Line {
	const waiting: (() => void)[] = [];
	let first = 0;
	let working = 0;
	return {
		async run(work) {
			if (working < most) working++;
			else await new Promise<void>((resolve) => waiting.push(resolve));
			try {
				return await work();
			} finally {
				// Who is called takes the place over.
				const next = waiting[first];
				if (next === undefined) {
					working--;
					waiting.length = first = 0;
				} else {
					first++;
					next();
				}
			}
		},
	};
}
