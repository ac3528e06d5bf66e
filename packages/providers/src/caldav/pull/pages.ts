import type { PullPage, RemoteResource, SyncCursor } from "../../port/provider.ts";
import { breathe } from "../../shared/breathe.ts";
import type { Body } from "./bodies.ts";
import { type ReadingContext, readBody, withheldPlaceholder } from "./resource.ts";

/** Resources on a page, the size of the slices that are committed. */
export const PAGE_RESOURCES = 250;
const PAGE_CHARACTERS = 8 * 1024 * 1024;
const PAGE_IDS = 2_000;
/** iCalendar text read between two turns of the event loop: a few milliseconds. */
const CHARACTERS_PER_TURN = 16 * 1024;
/** More are left to the next comparison of all etags. */
const MAX_PENDING = 200;

/**
 * Gathers what bodies turn out to be into pages.
 *
 * What cannot be read: a resource that is known stays as it is known (`unchanged`), so nothing of it is lost; one that
 * is not known comes without events but with its text and a warning. Either is asked for again when its etag changes,
 * and one that the server did not hand out also at the next pull (`pending`).
 */
export class Pages {
	readonly mode: "delta" | "full";
	readonly #known: () => Promise<ReadonlyMap<string, string | null>>;
	readonly #context: ReadingContext;
	readonly #pending: Map<string, string | null>;
	/** Etags of what this pull has yielded, by id. */
	readonly #yielded = new Map<string, string | null>();
	#changed = new Map<string, RemoteResource>();
	#removed = new Set<string>();
	#unchanged = new Set<string>();
	/** What this pull has called unchanged. */
	readonly #vouched = new Set<string>();
	#characters = 0;
	#sinceTurn = 0;

	constructor(
		mode: "delta" | "full",
		known: () => Promise<ReadonlyMap<string, string | null>>,
		context: ReadingContext,
		pending: Readonly<Record<string, string | null>>,
	) {
		this.mode = mode;
		this.#known = known;
		this.#context = context;
		this.#pending = new Map(Object.entries(pending));
	}

	/** The etag under which this pull has yielded the resource; undefined where it has not. */
	yieldedEtag(id: string): string | null | undefined {
		return this.#yielded.get(id);
	}

	async addBody(body: Body): Promise<void> {
		if (body.type === "gone") return this.addRemoved(body.id);
		if (body.type === "withheld") {
			this.#pending.set(body.id, null);
			if (await this.#isKnown(body.id)) this.addUnchanged(body.id);
			else this.#addChanged(withheldPlaceholder(body.id, body.failure.message));
			return;
		}
		await this.#turn(body.text.length);
		const reading = readBody(body, this.#context);
		this.#pending.delete(body.id);
		if (reading.type === "resource") return this.#addChanged(reading.resource);
		if (await this.#isKnown(body.id)) {
			this.#pending.set(body.id, body.etag);
			this.addUnchanged(body.id);
		} else {
			this.#addChanged(reading.placeholder);
		}
	}

	addUnchanged(id: string): void {
		if (this.mode === "delta" || this.#changed.has(id)) return;
		this.#unchanged.add(id);
		this.#vouched.add(id);
	}

	/** In a full pull absence says it, except of what this pull has named before. */
	addRemoved(id: string): void {
		this.#pending.delete(id);
		this.#changed.delete(id);
		this.#unchanged.delete(id);
		const named = this.#yielded.delete(id) || this.#vouched.delete(id);
		if (named || this.mode === "delta") this.#removed.add(id);
	}

	/** Adds all of these, yielding pages as they fill. */
	async *addBodies(batches: AsyncIterable<readonly Body[]>): AsyncGenerator<PullPage, void, undefined> {
		for await (const batch of batches) {
			for (const body of batch) {
				await this.addBody(body);
				yield* this.#full();
			}
		}
	}

	*addAllUnchanged(ids: Iterable<string>): Generator<PullPage, void, undefined> {
		for (const id of ids) {
			this.addUnchanged(id);
			yield* this.#full();
		}
	}

	*#full(): Generator<PullPage, void, undefined> {
		const full =
			this.#changed.size >= PAGE_RESOURCES ||
			this.#characters >= PAGE_CHARACTERS ||
			this.#removed.size >= PAGE_IDS ||
			this.#unchanged.size >= PAGE_IDS;
		if (full) yield this.#take(null, false);
	}

	/** The last page. */
	takeLast(cursor: SyncCursor): PullPage {
		return this.#take(cursor, this.mode === "full");
	}

	/** For the cursor: what to ask for again. */
	pending(): Readonly<Record<string, string | null>> {
		return Object.fromEntries([...this.#pending].slice(0, MAX_PENDING));
	}

	/** Where more is pending than a cursor holds, a comparison of all etags finds the rest. */
	get tooMuchPending(): boolean {
		return this.#pending.size > MAX_PENDING;
	}

	#addChanged(resource: RemoteResource): void {
		this.#removed.delete(resource.id);
		this.#unchanged.delete(resource.id);
		this.#changed.set(resource.id, resource);
		this.#yielded.set(resource.id, resource.etag);
		this.#characters += resource.raw.length;
	}

	#take(cursor: SyncCursor | null, complete: boolean): PullPage {
		const page: PullPage = {
			mode: this.mode,
			changed: [...this.#changed.values()],
			removed: [...this.#removed],
			unchanged: [...this.#unchanged],
			cursor,
			complete,
		};
		this.#changed = new Map();
		this.#removed = new Set();
		this.#unchanged = new Set();
		this.#characters = 0;
		return page;
	}

	async #isKnown(id: string): Promise<boolean> {
		if (this.#yielded.has(id)) return true;
		return (await this.#known()).has(id);
	}

	async #turn(characters: number): Promise<void> {
		this.#sinceTurn += characters;
		if (this.#sinceTurn < CHARACTERS_PER_TURN) return;
		this.#sinceTurn = 0;
		await breathe();
	}
}
