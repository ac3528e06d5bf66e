/** The state of a CalDAV server for tests: calendars with resources, and what sync-collection needs to know. */
export interface StoredResource {
	readonly ics: string;
	readonly etag: string;
	/** RFC 6638 §3.2.10: stands still where only another guest's answer came in. */
	readonly scheduleTag: string;
}

export class DavCalendar {
	readonly path: string;
	readonly name: string;
	readonly resources = new Map<string, StoredResource>();
	/** Names of changed or removed resources, in order; a token is a position in it. */
	readonly log: string[] = [];
	#stamp = 0;
	/** Tokens of another epoch are forgotten. */
	epoch = 1;
	#etags = 0;

	constructor(path: string, name: string) {
		this.path = path;
		this.name = name;
	}

	/** @param scheduleTag a new one unless given */
	put(resource: string, ics: string, scheduleTag?: string): StoredResource {
		const number = ++this.#etags;
		const stored = { ics, etag: `"e${number}"`, scheduleTag: scheduleTag ?? `"s${number}"` };
		this.resources.set(resource, stored);
		this.#note(resource);
		return stored;
	}

	/** The name of the resource that holds this UID; `<uid>.ics` where there is none. */
	nameOf(uid: string): string {
		const own = `${uid}.ics`;
		if (this.resources.has(own)) return own;
		const holds = ({ ics }: StoredResource) => ics.replaceAll("\r\n ", "").includes(`\r\nUID:${uid}\r\n`);
		return [...this.resources].find(([, resource]) => holds(resource))?.[0] ?? own;
	}

	remove(resource: string): void {
		if (this.resources.delete(resource)) this.#note(resource);
	}

	/** The second of the last change, since 1970. */
	get stamp(): number {
		return this.#stamp;
	}

	/** New etags over the same content. */
	touchAll(): void {
		for (const [resource, { ics }] of this.resources) this.put(resource, ics);
	}

	get ctag(): string {
		return `ctag-${this.log.length}`;
	}

	get token(): string {
		return this.tokenAt(this.log.length);
	}

	tokenAt(position: number): string {
		return `urn:test:sync:${this.epoch}:${position}`;
	}

	/** The position of a token; null where it is not (or no longer) one of ours. Empty: the beginning. */
	positionOf(token: string): number | null {
		if (token === "") return 0;
		const [, epoch, position] = /^urn:test:sync:(\d+):(\d+)$/.exec(token) ?? [];
		return Number(epoch) === this.epoch ? Number(position) : null;
	}

	#note(resource: string): void {
		this.log.push(resource);
		this.#stamp = Math.floor(Date.now() / 1000);
	}
}
