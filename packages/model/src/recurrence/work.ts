/**
 * What an expansion may still spend. One step is about one period or candidate looked at; counting them bounds hostile
 * rules without a clock, and gives the same result on every machine.
 */
export interface Work {
	/** Takes steps off; false where too few are left, and from then on. */
	spend(steps: number): boolean;
}

export function workOf(steps: number): Work {
	let left = steps;
	return {
		spend: (amount) => {
			left -= amount;
			return left >= 0;
		},
	};
}
