import type {
	CalendarProvider,
	ProviderContext,
	RemoteCalendar,
	RemoteResource,
	WriteContext,
} from "@kalends/providers";
import { personOf } from "../push/person.ts";
import type { Services } from "../services.ts";
import type { SliceWork } from "./apply-slice.ts";
import { type ClaimedCalendar, LeaseLost } from "./run-lease.ts";
import { prepareSlice } from "./slice.ts";

export interface Reading {
	/** Null where there is none. */
	readonly remote: RemoteResource | null;
	/** The calendar's `write_seq` before it was read, so that a still later write is noticed. */
	readonly at: number;
}

/** Resources that a pull reads one by one, as our own writes have overtaken what it was told of them. */
export class ReadAnew {
	readonly #services: Services;
	readonly #calendar: ClaimedCalendar;
	readonly #remote: RemoteCalendar;
	readonly #provider: CalendarProvider;
	readonly #context: ProviderContext;
	#person: WriteContext["person"] | null = null;

	constructor(
		services: Services,
		calendar: ClaimedCalendar,
		remote: RemoteCalendar,
		provider: CalendarProvider,
		context: ProviderContext,
	) {
		this.#services = services;
		this.#calendar = calendar;
		this.#remote = remote;
		this.#provider = provider;
		this.#context = context;
	}

	/** The resource as it is now. */
	async read(id: string): Promise<Reading> {
		const { writer } = this.#provider;
		if (writer === null) throw new Error(`${this.#provider.id} cannot write, so nothing of it can be overtaken`);
		const at = await this.#writeSeq();
		this.#person ??= await personOf(this.#services.db, this.#calendar.userId);
		const remote = await writer.read(this.#remote, id, { ...this.#context, person: this.#person });
		return { remote, at };
	}

	/** The same work, with these resources as they are now. */
	async replace(work: SliceWork, ids: readonly string[]): Promise<SliceWork> {
		const changed: RemoteResource[] = [];
		const removed: string[] = [];
		const readAt = new Map(work.readAt);
		for (const id of ids) {
			const { remote, at } = await this.read(id);
			readAt.set(id, at);
			if (remote === null) removed.push(id);
			else changed.push(remote);
		}
		const anew = new Set(ids);
		return {
			...work,
			changed: [
				...work.changed.filter(({ resource }) => !anew.has(resource.id)),
				...(await prepareSlice(changed, null)).changed,
			],
			removed: [...work.removed.filter((id) => !anew.has(id)), ...removed],
			readAt,
		};
	}

	async #writeSeq(): Promise<number> {
		const row = await this.#services.db
			.selectFrom("calendars")
			.select("write_seq")
			.where("user_id", "=", this.#calendar.userId)
			.where("id", "=", this.#calendar.id)
			.executeTakeFirst();
		if (row === undefined) throw new LeaseLost("the calendar was removed");
		return row.write_seq;
	}
}
