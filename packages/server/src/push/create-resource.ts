import type { Transaction } from "kysely";
import type { Database } from "../db/schema.ts";
import { inTransaction } from "../db/transact.ts";
import type { Services } from "../services.ts";
import { NOTHING_STORED, readSlice } from "../sync/read-slice.ts";
import { claimOrSend } from "./claim-written.ts";
import { commitWrite, insertProvisional } from "./commit-write.ts";
import { insertIntent } from "./intent-rows.ts";
import { provisionalId } from "./provisional.ts";
import { lockForWrite } from "./snapshot.ts";
import type { CommittedWrite, CreateRequest, CreateResource } from "./types.ts";

export const createResource: CreateResource = (services, request) =>
	inTransaction(services.db, (tx) => createResourceIn(services, tx, request));

/** `createResource` in a transaction of the caller's, in which little may follow: the feed's counter is locked then. */
export async function createResourceIn(
	services: Services,
	tx: Transaction<Database>,
	request: CreateRequest,
): Promise<CommittedWrite> {
	const { userId, calendarId, actor, events, action, sender } = request;
	const { calendar, connection } = await lockForWrite(tx, userId, calendarId, "calendar");
	const made = request.mayRepeat === true ? await findMade(tx, request) : null;
	if (made !== null) return made;
	const eventId = request.eventId ?? services.newId("evt");
	const rowId = services.newId("res");
	const intentId = services.newId("int");
	const uids = [...new Set(events.map(({ uid }) => uid))];
	// Nothing can have a UID that was made up just now.
	const isNew = request.mayRepeat !== true && uids.every((uid) => uid === eventId);
	const stored = isNew ? NOTHING_STORED : await readSlice(tx, { userId, id: calendarId }, [provisionalId(rowId)], uids);
	const resource = await insertProvisional(tx, { userId, calendarId }, { rowId, raw: request.raw ?? null });
	const { origin = null } = request;
	const move =
		origin === null ? null : ({ role: "arrives", calendar_id: origin.calendarId, resource: origin.resource } as const);
	const intent = {
		id: intentId,
		connectionId: calendar.connection_id,
		calendarId,
		resourceId: rowId,
		eventId,
		kind: "create" as const,
		base: origin?.base ?? null,
		wanted: events,
		responseOnly: false,
		waitsFor: null,
		move,
		actor,
	};
	await insertIntent(tx, userId, intent, services.now());
	const claimed = await claimOrSend(
		services,
		tx,
		intentId,
		{ calendar, connection, resource, onlyHere: false },
		sender,
	);
	await commitWrite(services, tx, {
		userId,
		calendarId,
		actor,
		action,
		stored,
		wanted: new Map(),
		created: [{ rowId, eventId, events, raw: request.raw ?? null }],
		drop: [],
	});
	return { eventId, intentIds: [intentId], ...(claimed === null ? {} : { claimed }) };
}

/** What the same request made before, as it was broken off and is repeated with the same ids. */
async function findMade(
	tx: Transaction<Database>,
	{ userId, eventId, action }: CreateRequest,
): Promise<CommittedWrite | null> {
	if (eventId === undefined) return null;
	const event = await tx
		.selectFrom("events")
		.select("id")
		.where("user_id", "=", userId)
		.where("id", "=", eventId)
		.executeTakeFirst();
	const noted = await tx
		.selectFrom("event_versions")
		.select("version")
		.where("user_id", "=", userId)
		.where("event_id", "=", eventId)
		.limit(1)
		.executeTakeFirst();
	// What is restored was there before, so its history tells nothing.
	if (event === undefined && (noted === undefined || action === "restored")) return null;
	const open = await tx
		.selectFrom("intents")
		.select("id")
		.where("user_id", "=", userId)
		.where("event_id", "=", eventId)
		.orderBy("seq")
		.execute();
	return { eventId, intentIds: open.map(({ id }) => id) };
}
