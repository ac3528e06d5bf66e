import { ProviderFailure } from "../../port/failure.ts";
import type { PullPage } from "../../port/provider.ts";
import { toCursor } from "../settings.ts";
import { BATCH, type Body, eventsQueryRequest, fetchBodies, judgeBodies, withEtag } from "./bodies.ts";
import { applyChanges, compareEtags } from "./compare.ts";
import { askCalendar, listMembers, type Member, type Members } from "./members.ts";
import type { PullScope } from "./scope.ts";
import { type Changes, collectChanges } from "./sync-collection.ts";

/** The members at the start, and how to go on from there. */
interface Start {
	readonly members: Members;
	/** Null: by comparing etags. */
	readonly token: string | null;
	/** True where sync-collection was tried and cannot be used. */
	readonly refused: boolean;
	readonly ctag: string | null;
}

/**
 * The first sync (design §4): all members with a token, one query with the data of all events, the members that it
 * left out by multiget, and what changed meanwhile by the token. One that was broken off is resumed: what is known
 * at its listed etag is not fetched again.
 */
export async function* firstPull(scope: PullScope): AsyncGenerator<PullPage> {
	const known = await scope.known();
	const start = await listAll(scope);
	if (start.members.size === 0 && known.size > 0) await askCalendar(scope.session, scope.collection);
	const { toFetch, unchanged } = compareEtags(known, start.members);
	const pages = scope.pages("full", {});
	yield* pages.addAllUnchanged(unchanged);

	const missing = new Map(toFetch.map((member) => [member.id, member]));
	const strangers = new Set<string>();
	const meanwhile = changesSince(scope, start.token);
	// A query costs the server all bodies; where few are missing, asking for those is cheaper.
	if (missing.size > BATCH && missing.size * 2 > start.members.size) {
		yield* pages.addBodies(newOnes(queryEvents(scope), start.members, missing, strangers));
		// Asked now, while what the query found is still being stored; what is fetched later is at least as new.
		void meanwhile()?.catch(() => {});
	}
	yield* pages.addBodies(fetchBodies(scope.session, scope.collection, [...missing.values()]));

	let { token, refused } = start;
	const changes = await meanwhile();
	if (changes !== null) {
		const trusted = changes.type === "changes" && changes.token !== null;
		if (changes.type === "changes") {
			for (const id of changes.removed) pages.addRemoved(id);
			const newer = [...changes.changed.values()].filter(
				({ id, etag }) => etag === null || pages.yieldedEtag(id) !== etag,
			);
			yield* pages.addBodies(fetchBodies(scope.session, scope.collection, newer));
			// What the query found and neither report names, sync-collection keeps back.
			const listed = applyChanges(start.members, changes);
			refused ||= [...strangers].some((id) => !listed.has(id) && !changes.removed.has(id));
		}
		refused ||= !trusted;
		token = trusted && !refused ? changes.token : null;
	}
	yield pages.takeLast(
		toCursor({
			v: 1,
			calendar: scope.calendarId,
			token,
			ctag: start.ctag,
			auditedAt: pages.tooMuchPending ? 0 : scope.now,
			avoidSyncUntil: refused ? scope.avoidSync() : 0,
			vainAudits: 0,
			pending: pages.pending(),
		}),
	);
}

/** Asks what changed since the token, once; null where there is none. */
function changesSince(scope: PullScope, token: string | null): () => Promise<Changes> | null {
	let asked: Promise<Changes> | null = null;
	return () => {
		if (token !== null) asked ??= collectChanges(scope.session, scope.collection, token);
		return asked;
	};
}

async function listAll(scope: PullScope): Promise<Start> {
	const { ctag } = scope.settings;
	if (!scope.settings.sync) return { members: await listEtags(scope), token: null, refused: false, ctag };
	const changes = await collectChanges(scope.session, scope.collection, "");
	if (changes.type !== "changes" || !changes.complete || changes.token === null) {
		return { members: await listEtags(scope), token: null, refused: true, ctag };
	}
	if (changes.changed.size > 0) return { members: changes.changed, token: changes.token, refused: false, ctag };
	// No members at all: an empty calendar, or a report that does not work. A listing of nothing costs nothing.
	const members = await listMembers(scope.session, scope.collection);
	return { members, token: members.size === 0 ? changes.token : null, refused: members.size > 0, ctag };
}

async function listEtags(scope: PullScope): Promise<Members> {
	await askCalendar(scope.session, scope.collection);
	return await listMembers(scope.session, scope.collection);
}

/**
 * All events that the server finds by itself, while its answer arrives. It may leave some out, refuse, or break off:
 * what is missing then is fetched by multiget.
 */
async function* queryEvents(scope: PullScope): AsyncGenerator<Body> {
	const request = eventsQueryRequest(scope.collection);
	try {
		yield* judgeBodies(await scope.session.send(request), request, scope.session.now());
	} catch (error) {
		const hopeless =
			!(error instanceof ProviderFailure) ||
			error.kind === "auth_revoked" ||
			error.kind === "rate_limited" ||
			error.retryAfter !== undefined;
		if (hopeless) throw error;
	}
}

/**
 * Of what the query found, what is wanted: the missing, which are then missing no more, and the strangers that the
 * listing does not have.
 */
async function* newOnes(
	found: AsyncIterable<Body>,
	members: Members,
	missing: Map<string, Member>,
	strangers: Set<string>,
): AsyncGenerator<readonly Body[]> {
	for await (const body of found) {
		const member = missing.get(body.id);
		if (member === undefined && members.has(body.id)) continue;
		if (member === undefined) strangers.add(body.id);
		else if (!isOlder(body, member)) missing.delete(body.id);
		yield [withEtag(body, member)];
	}
}

/** The query's body is not the listed one; without knowing which is newer, the member is asked for once more. */
function isOlder(body: Body, member: Member): boolean {
	return body.type === "body" && body.etag !== null && member.etag !== null && body.etag !== member.etag;
}
