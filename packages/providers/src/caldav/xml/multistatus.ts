import { ProviderFailure } from "../../port/failure.ts";
import { D, DAV, isNamed, keyOf, type XmlName } from "./names.ts";
import { child, type XmlElement, type XmlLimits, XmlReader } from "./reader.ts";

/** One `DAV:response` (RFC 4918 §14.24). */
export interface DavResponse {
	/** As written, trimmed; one, or several that share `status`. */
	readonly hrefs: readonly string[];
	/** The status of the whole response, where it has one in place of propstats. */
	readonly status: number | null;
	/** Properties of the propstats with a 2xx status, by `keyOf` their name. */
	readonly props: ReadonlyMap<string, XmlElement>;
	/** The statuses of the other propstats, by `keyOf` of the properties in them. */
	readonly failed: ReadonlyMap<string, number>;
	/** Local names of the elements inside `DAV:error`, e.g. `valid-sync-token`. */
	readonly preconditions: readonly string[];
}

export interface MultistatusEnd {
	/** `DAV:sync-token` of the answer (RFC 6578 §6.4); null where it has none or an empty one. */
	readonly syncToken: string | null;
}

const MULTISTATUS: XmlName = { ns: DAV, local: "multistatus" };
const RESPONSE: XmlName = { ns: DAV, local: "response" };
const PROPSTAT: XmlName = { ns: DAV, local: "propstat" };
const STATUS: XmlName = { ns: DAV, local: "status" };
const ERROR: XmlName = { ns: DAV, local: "error" };

/**
 * Reads a multistatus while it arrives: yields each response, returns what the answer says of itself.
 * @throws ProviderFailure `not_caldav` for HTML, `malformed_answer`, `incomplete_answer`, `too_large`
 */
export async function* readMultistatus(
	pieces: AsyncIterable<string>,
	limits: Partial<XmlLimits> = {},
): AsyncGenerator<DavResponse, MultistatusEnd, undefined> {
	const reader = new XmlReader(limits);
	let syncToken: string | null = null;
	let checked = false;
	let start = "";
	const take = function* (elements: readonly XmlElement[]): Generator<DavResponse> {
		for (const element of elements) {
			if (isNamed(element, RESPONSE)) yield toDavResponse(element);
			else if (isNamed(element, D.syncToken)) syncToken = element.text.trim() || null;
		}
	};
	for await (const piece of pieces) {
		if (!checked) start = (start + piece).slice(0, 1024);
		if (!checked && looksLikeHtml(start)) throw htmlFailure();
		const elements = reader.write(piece);
		if (!checked && reader.root !== null) {
			requireMultistatus(reader.root);
			checked = true;
		}
		yield* take(elements);
	}
	yield* take(reader.end());
	return { syncToken };
}

/** The elements inside a `DAV:error` body (RFC 4918 §16); none where the body is something else. */
export function readErrorBody(body: string): readonly XmlElement[] {
	try {
		const reader = new XmlReader({ characters: 256 * 1024 });
		const elements = [...reader.write(body)];
		if (reader.root === null || !isNamed(reader.root, ERROR)) return [];
		return elements;
	} catch (error) {
		if (error instanceof ProviderFailure) return [];
		throw error;
	}
}

export function prop(response: DavResponse, name: XmlName): XmlElement | undefined {
	return response.props.get(keyOf(name));
}

/** The trimmed text of a property; null where it is absent or empty. */
export function propText(response: DavResponse, name: XmlName): string | null {
	return prop(response, name)?.text.trim() || null;
}

/** The hrefs inside a property, trimmed. */
export function propHrefs(response: DavResponse, name: XmlName): readonly string[] {
	return hrefsOf(prop(response, name)?.children ?? []);
}

function toDavResponse(element: XmlElement): DavResponse {
	const props = new Map<string, XmlElement>();
	const failed = new Map<string, number>();
	for (const propstat of element.children) {
		if (!isNamed(propstat, PROPSTAT)) continue;
		const status = statusOf(child(propstat, STATUS)) ?? 200;
		for (const each of child(propstat, D.prop)?.children ?? []) {
			if (status >= 200 && status < 300) props.set(keyOf(each), each);
			else failed.set(keyOf(each), status);
		}
	}
	return {
		hrefs: hrefsOf(element.children),
		status: statusOf(child(element, STATUS)),
		props,
		failed,
		preconditions: element.children
			.filter((each) => isNamed(each, ERROR))
			.flatMap((error) => error.children.map(({ local }) => local)),
	};
}

function hrefsOf(elements: readonly XmlElement[]): readonly string[] {
	return elements.filter((each) => isNamed(each, D.href)).map((each) => each.text.trim());
}

/** From an HTTP status line: `HTTP/1.1 404 Not Found`. */
function statusOf(element: XmlElement | undefined): number | null {
	const digits = /(?:^|\s)([1-5]\d\d)(?:\s|$)/.exec(element?.text ?? "")?.[1];
	return digits === undefined ? null : Number(digits);
}

function requireMultistatus(root: XmlName): void {
	if (isNamed(root, MULTISTATUS)) return;
	if (root.local.toLowerCase() === "html") throw htmlFailure();
	throw new ProviderFailure("unavailable", {
		reason: "malformed_answer",
		message: `the answer is a ${root.local} document where a DAV:multistatus belongs`,
	});
}

function looksLikeHtml(start: string): boolean {
	return /^[\s\uFEFF]*(?:<\?xml[^>]*>\s*)?(?:<!doctype\s+html|<html)\b/i.test(start);
}

export function htmlFailure(): ProviderFailure {
	return new ProviderFailure("invalid", {
		reason: "not_caldav",
		message: "the server answered with a web page, not with CalDAV; check the address",
	});
}
