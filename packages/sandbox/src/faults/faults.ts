import { seededRandom } from "@kalends/model";

/** What goes wrong. */
export type Fault =
	/** An error answer; `reason` and `domain` as in Google's bodies. Nothing happens to the data. */
	| { readonly kind: "status"; readonly status: number; readonly reason?: string; readonly retryAfter?: number }
	/** The connection ends before the request has any effect. */
	| { readonly kind: "drop" }
	/** The request has its effect, then the connection ends without an answer. */
	| { readonly kind: "lose_answer" }
	/** The answer comes later. */
	| { readonly kind: "latency"; readonly milliseconds: number }
	/** The answer ends in the middle of its JSON, as if it were whole. */
	| { readonly kind: "truncate" };

export type FaultInput = Fault & {
	/** Part of the path; every path but the control API's unless told. */
	readonly path?: string;
	readonly method?: string;
	/** From 0 to 1: how many of the requests; all unless told. */
	readonly rate?: number;
	/** So many times, then no more. */
	readonly count?: number;
	/** So many matching requests pass first. */
	readonly skip?: number;
	/** Makes `rate` repeatable; 1 unless told. */
	readonly seed?: number;
};

export interface FaultRule {
	readonly id: string;
	readonly input: FaultInput;
	/** Times it struck. */
	readonly struck: number;
}

export interface FaultRules {
	add(input: FaultInput): FaultRule;
	remove(id: string): boolean;
	clear(): void;
	list(): readonly FaultRule[];
	/** The faults that strike a request: at most one besides latency. */
	strike(method: string, path: string): readonly Fault[];
}

export function createFaultRules(): FaultRules {
	const rules = new Map<string, { rule: FaultRule; skip: number; readonly random: () => number }>();
	let last = 0;
	return {
		add(input) {
			last += 1;
			const rule: FaultRule = { id: `fault-${last}`, input, struck: 0 };
			rules.set(rule.id, { rule, skip: input.skip ?? 0, random: seededRandom(input.seed ?? 1) });
			return rule;
		},
		remove: (id) => rules.delete(id),
		clear: () => rules.clear(),
		list: () => [...rules.values()].map(({ rule }) => rule),
		strike(method, path) {
			const struck: Fault[] = [];
			for (const entry of rules.values()) {
				const { input, struck: times } = entry.rule;
				if (input.method !== undefined && input.method.toUpperCase() !== method) continue;
				if (input.path !== undefined && !path.includes(input.path)) continue;
				if (input.count !== undefined && times >= input.count) continue;
				if (input.kind !== "latency" && struck.some(({ kind }) => kind !== "latency")) continue;
				if (entry.skip > 0) {
					entry.skip -= 1;
					continue;
				}
				if (entry.random() >= (input.rate ?? 1)) continue;
				entry.rule = { ...entry.rule, struck: times + 1 };
				struck.push(input);
			}
			return struck;
		},
	};
}
