import type { CalendarEvent } from "@kalends/model";
import { ProviderFailure } from "../../port/failure.ts";
import type { ProviderContext, RemoteCalendar, RemoteResource } from "../../port/provider.ts";
import type { CurrentResource, ResourceDraft, ResourceWriter, UpdateOptions, WriteContext } from "../../port/writer.ts";
import { sameEvents } from "../../shared/outgoing.ts";
import { fetchAllEvents } from "../events.ts";
import { judgeDone } from "../exchange.ts";
import { privateProperty } from "../fields/field.ts";
import { hasGuests } from "../fields/participants.ts";
import { KEY, UNFINISHED } from "../marks.ts";
import { etagOf, eventsOf, type GoogleSeries, resourceOf, seriesOf } from "../series.ts";
import type { Session } from "../session.ts";
import { mappingOf } from "../settings.ts";
import { type GoogleEvent, isCancelled, isException } from "../types.ts";
import { createSeries, finish } from "./create.ts";
import { REMOVE, sendDelete } from "./exchange.ts";
import { conferenceRequest, idOf } from "./identity.ts";
import { moveSeries } from "./move.ts";
import { planResponses } from "./responses.ts";
import {
	changedMeanwhile,
	fetchExceptions,
	fetchSeries,
	fetchStored,
	isGone,
	isGoneInstead,
	organizes,
	patch,
	type WriteScope,
	wasDeleted,
	withExceptions,
} from "./scope.ts";
import { writeSeries } from "./update.ts";

export function googleWriter(
	open: (context: Pick<ProviderContext, "http" | "tokens" | "now" | "signal">) => Session,
): ResourceWriter {
	const scopeOf = (calendar: RemoteCalendar, context: WriteContext): WriteScope => ({
		session: open(context),
		calendar,
		mapping: { ...mappingOf(calendar), warn: () => {} },
		tellsGuests: context.tellsGuests === true,
	});
	return {
		async read(calendar, id, context) {
			const scope = scopeOf(calendar, context);
			return shown(scope, await fetchSeries(scope, id));
		},
		async findCreated(calendar, draft, context) {
			const scope = scopeOf(calendar, context);
			return await found(scope, draft);
		},
		create: (calendar, draft, context) => create(scopeOf(calendar, context), draft),
		update: (calendar, current, events, options, context) =>
			update(scopeOf(calendar, context), current, events, options),
		remove: (calendar, current, context) => remove(scopeOf(calendar, context), current),
		async move(from, current, to, context) {
			const there = scopeOf(to, context);
			return resourceOf(await moveSeries(scopeOf(from, context), current, there), there.mapping);
		},
	};
}

function shown({ mapping }: WriteScope, series: GoogleSeries | null): RemoteResource | null {
	return series === null ? null : resourceOf(series, mapping);
}

async function create(scope: WriteScope, draft: ResourceDraft): Promise<RemoteResource> {
	return resourceOf(await createSeries(withRequest(scope, draft.key), draft), scope.mapping);
}

/**
 * What an earlier attempt made, by the id that it was given, else by its mark; an unfinished series is finished. Google
 * keeps what is deleted, so that it is not made once more.
 */
async function found(scope: WriteScope, draft: ResourceDraft): Promise<RemoteResource | null> {
	const event = (await fetchStored(scope, idOf(draft.key))) ?? (await findMarked(scope, draft.key));
	if (event === null) return null;
	if (isCancelled(event)) throw wasDeleted(event.id);
	if (privateProperty(event, UNFINISHED) === null) return shown(scope, await withExceptions(scope, event));
	return shown(scope, await finish(withRequest(scope, draft.key), event, draft.events));
}

async function findMarked({ session, calendar }: WriteScope, key: string): Promise<GoogleEvent | null> {
	const query = { privateExtendedProperty: `${KEY}=${key}` };
	const { events } = await fetchAllEvents(session, calendar.id, query);
	// Exceptions carry the mark of their master.
	const isIt = (event: GoogleEvent) =>
		!isCancelled(event) && !isException(event) && privateProperty(event, KEY) === key;
	return [...events.values()].find(isIt) ?? null;
}

async function update(
	scope: WriteScope,
	current: CurrentResource,
	wanted: readonly CalendarEvent[],
	{ responseOnly }: UpdateOptions,
): Promise<RemoteResource> {
	const base = await basisOf(scope, current);
	const writing = withRequest(scope, base.event.id, etagOf(base));
	if (!responseOnly) return resourceOf(await writeSeries(writing, base, wanted), scope.mapping);
	const before = eventsOf(base, scope.mapping);
	const steps = planResponses(base, before, wanted, scope.mapping);
	if (steps === null) return resourceOf(await writeSeries(writing, base, wanted), scope.mapping);
	for (const { event, body } of steps) {
		const answered = await patch(writing, event, body);
		if (base.exceptions.length === 0) return resourceOf({ event: answered, exceptions: [] }, scope.mapping);
	}
	const after = await fetchSeries(scope, base.event.id);
	if (after === null) throw isGone(base.event.id);
	return resourceOf(after, scope.mapping);
}

async function remove(scope: WriteScope, current: CurrentResource): Promise<void> {
	const { session, calendar } = scope;
	try {
		const { event, exceptions } = await basisOf(scope, current);
		if (exceptions.length > 0) {
			const now = { event, exceptions: await fetchExceptions(scope, event) };
			if (etagOf(now) !== etagOf({ event, exceptions })) {
				throw changedMeanwhile(event.id);
			}
		}
		const mails = hasGuests(event) && !(scope.tellsGuests && organizes(event)) ? "all" : "none";
		await session.whenAdmitted(async () =>
			judgeDone(await sendDelete(session, calendar.id, event, mails), REMOVE, session.now()),
		);
	} catch (error) {
		const gone = error instanceof ProviderFailure && (error.kind === "not_found" || error.kind === "gone");
		if (!gone && !(await isGoneInstead(scope, current.id, error))) throw error;
	}
}

/**
 * What a write goes out from. Where there is no etag to hold Google to, or no body, the resource is read now and has to
 * be what it was.
 */
async function basisOf(scope: WriteScope, current: CurrentResource): Promise<GoogleSeries> {
	const known = seriesOf(current.raw);
	if (known !== null && current.etag !== null && current.etag === etagOf(known)) return known;
	const now = await fetchSeries(scope, current.id);
	if (now === null) throw isGone(current.id);
	const same =
		known === null
			? current.etag === null || current.etag === etagOf(now)
			: sameEvents(eventsOf(known, scope.mapping), eventsOf(now, scope.mapping));
	if (!same) throw changedMeanwhile(current.id);
	return now;
}

function withRequest(scope: WriteScope, ...parts: readonly (string | null)[]): WriteScope {
	return { ...scope, mapping: { ...scope.mapping, conferenceRequest: conferenceRequest(...parts) } };
}
