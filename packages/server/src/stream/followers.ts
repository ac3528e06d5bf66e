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
	/** @returns what removes it again */
	add(userId: string, follower: Follower): () => void;
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
	let count = 0;
	const everybody = () => [...byUser.values()].flatMap((followers) => [...followers]);
	return {
		add: (userId, follower) => {
			const followers = byUser.get(userId) ?? new Set();
			byUser.set(userId, followers.add(follower));
			count += 1;
			return () => {
				if (!followers.delete(follower)) return;
				count -= 1;
				if (followers.size === 0 && byUser.get(userId) === followers) byUser.delete(userId);
			};
		},
		countOf: (userId) => byUser.get(userId)?.size ?? 0,
		get count() {
			return count;
		},
		onChange: (userId) => {
			for (const follower of byUser.get(userId) ?? []) follower.wake();
		},
		onListening: () => {
			for (const follower of everybody()) follower.wake();
		},
		endAll: () => {
			for (const follower of everybody()) follower.end();
		},
	};
}
