import { breathe } from "@kalends/providers";
import type { Transaction } from "kysely";
import type { Database } from "../db/schema.ts";
import type { Services } from "../services.ts";
import { type SeriesPosition, seriesToRoll } from "../sync/due-connections.ts";
import { materialise } from "./materialise.ts";
import { occurrenceRows, occurrenceWindow } from "./occurrence-rows.ts";
import { deleteOccurrences, insertOccurrences } from "./occurrence-statements.ts";

const BATCH = 200;
const BEGINNING: SeriesPosition = { userId: "", id: "" };

/**
 * Moves the window of materialised occurrences on to today, series by series. Nothing that people see changes: what is
 * not materialised is expanded on read.
 *
 * @returns how many series were materialised anew
 */
export async function rollWindow(services: Services, signal: AbortSignal): Promise<number> {
	const window = occurrenceWindow(services.now());
	let rolled = 0;
	let after = BEGINNING;
	for (;;) {
		const batch = await seriesToRoll(services.db, window.to, after, BATCH);
		for (const { userId, id } of batch) {
			if (signal.aborted) return rolled;
			if (await services.db.transaction().execute((tx) => rollSeries(tx, userId, id, window))) rolled++;
			await breathe();
		}
		const last = batch.at(-1);
		if (last === undefined) return rolled;
		after = last;
	}
}

/** False where the series went meanwhile. A sync that changes it waits for the lock, and the other way round. */
async function rollSeries(
	tx: Transaction<Database>,
	userId: string,
	id: string,
	window: { readonly from: number; readonly to: number },
): Promise<boolean> {
	const base = await tx
		.selectFrom("events")
		.select(["id", "kind", "calendar_id", "content_hash as hash", "data as event"])
		.where("user_id", "=", userId)
		.where("id", "=", id)
		.where("kind", "=", "master")
		.forUpdate()
		.executeTakeFirst();
	if (base === undefined) return false;
	const overrides = await tx
		.selectFrom("events")
		.select(["id", "content_hash as hash", "data as event"])
		.where("user_id", "=", userId)
		.where("master_id", "=", id)
		.execute();
	const { expansion } = await materialise({ base, overrides }, { window });
	if (expansion === null) return false;
	const rows = occurrenceRows({ ...base, calendarId: base.calendar_id, overrides }, expansion, window);
	await deleteOccurrences(userId, [id])?.execute(tx);
	await insertOccurrences(userId, rows)?.execute(tx);
	await tx
		.updateTable("events")
		.set({ expanded_from: new Date(window.from), expanded_to: new Date(expansion.completeTo) })
		.where("user_id", "=", userId)
		.where("id", "=", id)
		.execute();
	return true;
}
