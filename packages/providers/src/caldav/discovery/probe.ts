import { ProviderFailure } from "../../port/failure.ts";
import { type OneResource, propfindOne } from "../exchange.ts";
import { isSameCollection, resolveLink } from "../href.ts";
import type { Session } from "../session.ts";
import { prop, propHrefs } from "../xml/multistatus.ts";
import { C, D, type XmlName } from "../xml/names.ts";
import { child } from "../xml/reader.ts";

/** What one address says of itself and of the account. */
export interface Probe {
	/** The address that answered, after redirects. */
	readonly url: URL;
	readonly principal: URL | null;
	readonly homeSets: readonly URL[];
	/** Addresses of the account's person, lower case, without `mailto:`. */
	readonly addresses: readonly string[];
	/** Of a principal: does it have a schedule outbox? */
	readonly outbox: boolean;
	readonly isCalendar: boolean;
	readonly isCollection: boolean;
}

const PROBED: readonly XmlName[] = [
	D.currentUserPrincipal,
	D.principalUrl,
	D.resourcetype,
	D.displayname,
	C.calendarHomeSet,
	C.calendarUserAddressSet,
	C.scheduleOutboxUrl,
];

/** Asks one address for everything that discovery can use (RFC 6764 §6, RFC 4791 §6.2.1). */
export async function probe(session: Session, url: URL): Promise<Probe> {
	try {
		const answer = await propfindOne(session, url, PROBED);
		// It answers anybody, and tells more to whom it knows (RFC 5397 §3).
		const isAnonymous = child(prop(answer.response, D.currentUserPrincipal), D.unauthenticated) !== undefined;
		if (!isAnonymous || !session.introduce(answer.url)) return judgeProbe(answer);
		return judgeProbe(await propfindOne(session, answer.url, PROBED));
	} catch (error) {
		if (!(error instanceof ProviderFailure) || error.reason !== "credentials_required") throw error;
	}
	// Open servers (Radicale) ask for a login only because "who am I" needs one.
	const anonymous = PROBED.filter((name) => name !== D.currentUserPrincipal);
	return judgeProbe(await propfindOne(session, url, anonymous));
}

function judgeProbe({ url, response }: OneResource): Probe {
	const links = (name: XmlName) =>
		propHrefs(response, name)
			.map((href) => resolveLink(href, url))
			.filter((each) => each !== null);
	const types = prop(response, D.resourcetype);
	const isPrincipal = child(types, D.principal) !== undefined;
	const principal = links(D.currentUserPrincipal)[0] ?? (isPrincipal ? (links(D.principalUrl)[0] ?? url) : null);
	return {
		url,
		principal: principal !== null && isSameCollection(principal, url) ? url : principal,
		homeSets: links(C.calendarHomeSet),
		addresses: addressesOf(propHrefs(response, C.calendarUserAddressSet)),
		outbox: links(C.scheduleOutboxUrl).length > 0,
		isCalendar: child(types, C.calendar) !== undefined,
		isCollection: child(types, D.collection) !== undefined,
	};
}

function addressesOf(hrefs: readonly string[]): readonly string[] {
	const addresses = hrefs
		.filter((href) => /^mailto:/i.test(href))
		.map((href) => href.slice("mailto:".length).split("?")[0] ?? "")
		.map((address) => address.trim().toLowerCase())
		.filter((address) => address.includes("@"));
	return [...new Set(addresses)];
}
