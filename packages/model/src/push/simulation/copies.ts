/** Follows each event through the copies that moves make of it: in the end it is there once, or somebody has deleted it. */
export class Copies {
	/** By UID: that of the event that was first. */
	private readonly roots = new Map<string, string>();
	private readonly deleted = new Set<string>();

	add(from: string, to: string): void {
		this.roots.set(to, this.rootOf(from));
	}

	/** Somebody deletes it, here or there; not only to have it elsewhere. */
	delete(uid: string): void {
		this.deleted.add(this.rootOf(uid));
	}

	/**
	 * @param uids of all that the provider has in the end
	 * @param told whether the history says that something of this UID did not come through
	 * @returns what does not hold; null: all does
	 */
	fault(uids: readonly string[], told: (uid: string) => boolean): string | null {
		const family = Map.groupBy(new Set([...this.roots.keys(), ...this.roots.values()]), (uid) => this.rootOf(uid));
		for (const [root, all] of family) {
			const there = all.filter((uid) => uids.includes(uid));
			if (there.length > 1 && there.filter((uid) => !told(uid)).length > 1) return `${there.join()} are copies of one`;
			if (there.length === 0 && !this.deleted.has(root) && !all.some(told)) return `${root} is gone with its copies`;
		}
		return null;
	}

	private rootOf(uid: string): string {
		return this.roots.get(uid) ?? uid;
	}
}
