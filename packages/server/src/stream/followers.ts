import type { ChangeListener } from "../changes/listen.ts";

/** Somebody who waits for a user's feed to grow. */
export interface Follower {
	/** There may be something new; cheap, and called often. */
	wake(): void;
	/** The server stops. */
	end(): void;
}

/** Who of this process waits for which user's feed. Holds no changes: who is woken reads the table. */
export interface Followers extends ChangeListener {
	/**
	 * @param wokenWith another user whose commits wake it too
	 * @returns what removes it again
	 */
	add(userId: string, follower: Follower, wokenWith?: string): () => void;
	countOf(userId: string): number;
	readonly count: number;
	/** Something was committed of this user's. */
	onChange(userId: string): void;
	/** Something may have been missed. */
	onListening(): void;
	endAll(): void;
}

export function createFollowers(): Followers {
	const byUser = new Map<string, Set<Follower>>();
	const besides = new Map<string, Set<Follower>>();
	let count = 0;
	const everybody = () => [...byUser.values()].flatMap((followers) => [...followers]);
	return {
		add: (userId, follower, wokenWith) => {
			const removals = [enter(byUser, userId, follower)];
			if (wokenWith !== undefined) removals.push(enter(besides, wokenWith, follower));
			count += 1;
			return () => {
				if (removals.map((remove) => remove()).includes(true)) count -= 1;
			};
		},
		countOf: (userId) => byUser.get(userId)?.size ?? 0,
		get count() {
			return count;
		},
		onChange: (userId) => {
			for (const follower of byUser.get(userId) ?? []) follower.wake();
			for (const follower of besides.get(userId) ?? []) follower.wake();
		},
		onListening: () => {
			for (const follower of everybody()) follower.wake();
		},
		endAll: () => {
			for (const follower of everybody()) follower.end();
		},
	};
}

/** @returns what takes it out again, and says whether it was in */
function enter(users: Map<string, Set<Follower>>, userId: string, follower: Follower): () => boolean {
	const followers = users.get(userId) ?? new Set();
	users.set(userId, followers.add(follower));
	return () => {
		const was = followers.delete(follower);
		if (followers.size === 0 && users.get(userId) === followers) users.delete(userId);
		return was;
	};
}
