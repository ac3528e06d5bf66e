import { ProviderFailure, type ProviderFailureReason } from "../../port/failure.ts";
import { type HomeListing, listHome, listSingle } from "../calendars/list.ts";
import { isPassing } from "../failure.ts";
import { isSameCollection } from "../href.ts";
import { learnScheduling, type Scheduling } from "../scheduling.ts";
import type { Session } from "../session.ts";
import { type Probe, probe } from "./probe.ts";

/** The account as found: where its calendars are, and what is in them now. */
export interface Account {
	/** The address at which the search succeeded. */
	readonly found: URL;
	readonly principal: URL | null;
	readonly addresses: readonly string[];
	readonly homes: readonly HomeListing[];
	/** Homes that the principal names and that could not be listed. */
	readonly silent: readonly URL[];
	/** Calendars known only by their own address. */
	readonly singles: readonly HomeListing[];
	readonly scheduling: Scheduling;
}

/** Folders looked into where a server without principals keeps the homes one level down. */
const MAX_FOLDERS = 30;

/** A server that has taken so long to say no is not asked at guessed addresses. */
const GUESSING_MS = 15_000;

/**
 * Tries the addresses in turn, and answers the first account found.
 * @param guesses tried where what answers at the candidates is no CalDAV at all
 * @throws ProviderFailure the most telling failure of all tries
 */
export async function discover(
	session: Session,
	candidates: readonly URL[],
	guesses: readonly URL[] = [],
): Promise<Account> {
	const failures: ProviderFailure[] = [];
	const began = session.now();
	for (const [position, candidate] of [...candidates, ...guesses].entries()) {
		const isSlow = session.now() - began > GUESSING_MS;
		if (position >= candidates.length && (isSlow || !failures.every(({ reason }) => NOT_HERE.has(reason)))) break;
		try {
			const account = await accountAt(session, await probe(session, candidate), candidate);
			return { ...account, scheduling: await schedulingOf(session, account) };
		} catch (error) {
			if (!(error instanceof ProviderFailure)) throw error;
			failures.push(error);
			if (endsSearch(error, failures)) break;
		}
	}
	throw mostTelling(failures);
}

/** An account as found, before it is asked whether the server schedules. */
interface FoundAccount extends Omit<Account, "scheduling"> {
	/** Does the principal name an outbox? Null where nothing was asked that could tell. */
	readonly outbox: boolean | null;
}

async function schedulingOf(session: Session, { homes, singles, principal, outbox }: FoundAccount) {
	const listings = [...homes, ...singles];
	const place = listings[0]?.url;
	const told = listings.map(({ scheduling }) => scheduling).find(({ autoSchedule }) => autoSchedule !== null);
	const known = { autoSchedule: told?.autoSchedule ?? null, outbox };
	return place === undefined ? known : await learnScheduling(session, place, principal, known);
}

/** Does something that may fail, and answers null where it does. */
type Attempt = <T>(work: () => Promise<T>, options?: { readonly exceptPassing?: boolean }) => Promise<T | null>;

async function accountAt(session: Session, start: Probe, found: URL): Promise<FoundAccount> {
	const failures: ProviderFailure[] = [];
	const attempt: Attempt = async (work, { exceptPassing = false } = {}) => {
		try {
			return await work();
		} catch (error) {
			if (!(error instanceof ProviderFailure) || (exceptPassing && isPassing(error))) throw error;
			failures.push(error);
			return null;
		}
	};
	const self = await principalOf(session, start, attempt);
	const principal = self === null || self === start ? start.principal : self.url;
	const addresses = self?.addresses ?? start.addresses;
	const silent: URL[] = [];
	const account = { found, principal, addresses, silent, outbox: self?.outbox ?? null };

	const homes: HomeListing[] = [];
	for (const home of self?.homeSets ?? start.homeSets) {
		// A home that only fails for now must not make its calendars look deleted.
		const listing = await attempt(() => listHome(session, home), { exceptPassing: true });
		if (listing === null) silent.push(home);
		else homes.push(listing);
	}
	if (homes.length > 0) return { ...account, homes, singles: [] };

	const fallback = await accountWithoutHomeSet(session, start, principal, attempt);
	if (fallback !== null) return { ...account, ...fallback };
	if (failures.length > 0) throw mostTelling(failures);
	throw nothingThere(start, principal);
}

/** The probe of the account's principal, which may be the start itself. */
async function principalOf(session: Session, start: Probe, attempt: Attempt): Promise<Probe | null> {
	if (start.principal === null || isSameCollection(start.principal, start.url)) return start;
	const { principal } = start;
	const answer = await attempt(() => probe(session, principal));
	return answer === null ? null : { ...answer, url: answer.principal ?? answer.url };
}

/** Servers whose principal leads nowhere, or that have none: the address itself may be a calendar or hold some. */
async function accountWithoutHomeSet(
	session: Session,
	start: Probe,
	principal: URL | null,
	attempt: Attempt,
): Promise<Pick<Account, "homes" | "singles"> | null> {
	if (start.isCalendar) return { homes: [], singles: [await listSingle(session, start.url)] };
	const places = [start.url, principal].filter((each) => each !== null);
	const different = places.filter(
		(each, index) => places.findIndex((other) => isSameCollection(other, each)) === index,
	);
	for (const place of different) {
		const listing = await attempt(() => listHome(session, place));
		if (listing === null) continue;
		if (listing.calendars.length > 0) return { homes: [listing], singles: [] };
		const homes: HomeListing[] = [];
		for (const folder of listing.folders.slice(0, MAX_FOLDERS)) {
			const inside = await attempt(() => listHome(session, folder));
			if (inside !== null && inside.calendars.length > 0) homes.push(inside);
		}
		if (homes.length > 0) return { homes, singles: [] };
	}
	return null;
}

function nothingThere(start: Probe, principal: URL | null): ProviderFailure {
	if (principal !== null) {
		return new ProviderFailure("invalid", {
			reason: "no_calendar_home",
			message: `${start.url.host} knows the account but names no place for its calendars`,
		});
	}
	return new ProviderFailure("invalid", {
		reason: "not_caldav",
		message: `${start.url.host}${start.url.pathname} is plain WebDAV, without calendars`,
	});
}

/** What answers at this path is no CalDAV, which tells nothing of other paths. */
const NOT_HERE: ReadonlySet<ProviderFailureReason> = new Set([
	"not_caldav",
	"resource_gone",
	"refused",
	"access_denied",
	"too_many_redirects",
]);

const NETWORK: ReadonlySet<ProviderFailureReason> = new Set([
	"address_blocked",
	"address_not_found",
	"connection_refused",
	"tls_failure",
	"timeout",
]);

/**
 * Other paths of the same host cannot help: it cannot be reached, or has refused the login twice (more tries could
 * lock the account).
 */
function endsSearch(failure: ProviderFailure, all: readonly ProviderFailure[]): boolean {
	if (NETWORK.has(failure.reason) || failure.reason === "rate_limited") return true;
	return all.filter(({ reason }) => reason === "wrong_credentials").length >= 2;
}

/** From the most telling down; what is not listed comes between the two groups. */
const TELLING: readonly ProviderFailureReason[] = [
	"wrong_credentials",
	"credentials_required",
	"unsupported_auth",
	"rate_limited",
	"unsafe_redirect",
	"address_blocked",
	"address_not_found",
	"tls_failure",
	"connection_refused",
	"timeout",
	"server_error",
	"no_calendar_home",
	"not_a_calendar",
	"access_denied",
];
const LEAST_TELLING: readonly ProviderFailureReason[] = ["refused", "resource_gone"];

export function mostTelling(failures: readonly ProviderFailure[]): ProviderFailure {
	const rank = ({ reason }: ProviderFailure) => {
		const telling = TELLING.indexOf(reason);
		return telling !== -1 ? telling : TELLING.length + 1 + LEAST_TELLING.indexOf(reason);
	};
	const [first] = failures.toSorted((a, b) => rank(a) - rank(b));
	if (first === undefined) throw new TypeError("there is no failure to choose from");
	if (!LEAST_TELLING.includes(first.reason)) return first;
	return new ProviderFailure("not_found", {
		reason: "not_caldav",
		message: `no calendars were found there: ${first.message}`,
		cause: first,
	});
}
