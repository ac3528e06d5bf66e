import { canonicalJson } from "../sync/content.ts";

/** Three states of one value. */
export interface ThreeWay<T> {
	readonly base: T;
	readonly local: T;
	readonly remote: T;
}

export interface Picked<T> {
	readonly value: T;
	/** The local change, or a part of it, gave way to another one of the remote. */
	readonly lost: boolean;
}

/** Structural equality of plain JSON, whatever the order of object keys. */
export function same(a: unknown, b: unknown): boolean {
	return a === b || canonicalJson(a) === canonicalJson(b);
}

/** The side that changed; where both did, the remote. */
export function pick<T>({ base, local, remote }: ThreeWay<T>): Picked<T> {
	if (same(local, base) || same(local, remote)) return { value: remote, lost: false };
	if (same(remote, base)) return { value: local, lost: false };
	return { value: remote, lost: true };
}

/** How the elements of a list are told apart and merged. */
export interface ElementKind<T> {
	/** Equal for what is the same element on all sides. */
	readonly key: (element: T) => string;
	/** Merges one that both sides have; `base` is undefined where both added it. */
	readonly merge: (base: T | undefined, local: T, remote: T) => Picked<T>;
}

/** Elements of which no part can change but the whole. */
export function wholeElements<T>(key: (element: T) => string): ElementKind<T> {
	return {
		key,
		merge: (base, local, remote) =>
			base === undefined ? { value: remote, lost: !same(local, remote) } : pick({ base, local, remote }),
	};
}

/**
 * A list by its elements: what either side added is in, what either removed is out; what was removed there and edited
 * here is out and counts as lost, what was removed here and edited there stays, and the removal counts as lost.
 * The order is that of the side that has exactly the merged elements, else the base's with additions behind, sorted.
 */
export function pickElements<T>(lists: ThreeWay<readonly T[]>, kind: ElementKind<T>): Picked<readonly T[]> {
	const whole = pick(lists);
	if (!whole.lost) return whole;
	const base = keyed(lists.base, kind.key);
	const local = keyed(lists.local, kind.key);
	const remote = keyed(lists.remote, kind.key);
	const merged = new Map<string, T>();
	let lost = false;
	const added = [...local.keys(), ...remote.keys()].filter((key) => !base.has(key)).sort();
	for (const key of [...base.keys(), ...added]) {
		const ours = local.get(key);
		const theirs = remote.get(key);
		const before = base.get(key);
		if (ours !== undefined && theirs !== undefined) {
			const element = kind.merge(before, ours, theirs);
			merged.set(key, element.value);
			lost ||= element.lost;
		} else if (ours !== undefined) {
			if (before === undefined) merged.set(key, ours);
			else lost ||= !same(before, ours);
		} else if (theirs !== undefined && !(before !== undefined && same(before, theirs))) {
			merged.set(key, theirs);
			lost ||= before !== undefined;
		}
	}
	for (const [side, list] of [
		[remote, lists.remote],
		[local, lists.local],
	] as const) {
		if (side.size === merged.size && [...merged].every(([key, value]) => same(side.get(key), value))) {
			return { value: list, lost };
		}
	}
	return { value: [...merged.values()], lost };
}

/** Elements by key; the second of equal keys has a key of its own. */
function keyed<T>(list: readonly T[], keyOf: (element: T) => string): Map<string, T> {
	const map = new Map<string, T>();
	for (const element of list) {
		let key = keyOf(element);
		while (map.has(key)) key += "\u0000";
		map.set(key, element);
	}
	return map;
}
