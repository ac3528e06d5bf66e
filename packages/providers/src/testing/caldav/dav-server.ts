import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { canonicalPath } from "../../caldav/href.ts";
import { D, isNamed } from "../../caldav/xml/names.ts";
import { type XmlElement, XmlReader } from "../../caldav/xml/reader.ts";
import { type Account, AuthChecker, type AuthPolicy } from "./dav-auth.ts";
import { DavCalendar, type StoredResource } from "./dav-store.ts";
import { DavWriter, type WritingStyle, type WrittenResponse } from "./dav-writer.ts";
import { isMeeting, marked, performWrite, type WriteQuirks } from "./dav-writes.ts";
import { type Invitation, withAnswer } from "./scheduling.ts";

/** What the server does other than by the book. All of it can change while it runs. */
export interface Quirks extends WriteQuirks {
	auth?: AuthPolicy;
	style?: WritingStyle;
	/** False: sync-collection is neither listed nor answered. `refused`: listed, but answered with this status. */
	sync?: boolean | { readonly refused: number };
	ctag?: boolean;
	/** Members on one page of a sync report. */
	pageSize?: number;
	/** The sync report never moves on: always this token, and after it nothing. */
	frozenToken?: string;
	/** The sync report ends without a token. */
	noToken?: boolean;
	/** Status for a bad token, 403 by the book; `forgotten`: answered like an empty one, as DAViCal does. */
	badTokenStatus?: number | "forgotten";
	/** In a listing, ctag and token are the second of the last change, as on SOGo; those of reports are exact. */
	secondStamps?: boolean;
	/** Resources that the sync report never mentions. */
	hiddenFromSync?: (name: string) => boolean;
	/** Resources that calendar-query leaves out. */
	hiddenFromQuery?: (name: string) => boolean;
	/** Resources that multiget leaves out. */
	hiddenFromMultiget?: (name: string) => boolean;
	multigetStatus?: number;
	noEtags?: boolean;
	/** Status for a calendar-query that asks for a UID; `ignored`: the filter is. */
	uidQuery?: number | "ignored";
	/** As many answers to writes are lost after the write is done; counts down. */
	lostAnswers?: number;
	/** Answers anything itself, before the rest. */
	intercept?: (request: SeenRequest) => Interception | null;
}

export interface SeenRequest {
	readonly method: string;
	readonly path: string;
	readonly headers: IncomingMessage["headers"];
	readonly body: string;
	/** Local name of the body's root, e.g. `sync-collection`. */
	readonly report: string;
}

/** `drop` closes the connection, after the body given. */
export interface Interception {
	readonly status: number;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: string;
	readonly drop?: boolean;
}

/** A CalDAV server over real HTTP that misbehaves as told. */
export class DavServer {
	readonly account: Account = { username: "user@example.org", password: "p:ä" };
	readonly calendars = new Map<string, DavCalendar>();
	readonly requests: SeenRequest[] = [];
	/** What it sent to people, in order. */
	readonly invitations: Invitation[] = [];
	quirks: Quirks;
	principal = "/principals/user/";
	/** May be absolute. */
	homeSets: string[] = ["/calendars/user/"];
	wellKnown: string | null = "/dav-entry/";
	readonly #auth = new AuthChecker();
	readonly #server: Server;

	static async start(quirks: Quirks = {}): Promise<DavServer> {
		const server = new DavServer(quirks);
		await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
		return server;
	}

	private constructor(quirks: Quirks) {
		this.quirks = quirks;
		this.#server = createServer((request, response) => void this.#serve(request, response));
	}

	get url(): URL {
		const address = this.#server.address();
		if (address === null || typeof address === "string") throw new Error("the server does not listen");
		return new URL(`http://127.0.0.1:${address.port}/`);
	}

	async stop(): Promise<void> {
		this.#server.closeAllConnections();
		await new Promise((resolve) => this.#server.close(resolve));
	}

	addCalendar(name: string, home = "/calendars/user/"): DavCalendar {
		const calendar = new DavCalendar(`${home}${encodeURIComponent(name)}/`, name);
		this.calendars.set(calendar.path, calendar);
		return calendar;
	}

	/** The reports and PROPFINDs seen since the last call, in short. */
	takeRequests(): readonly string[] {
		return this.requests.splice(0).map(({ method, report, path }) => `${method} ${report || path}`);
	}

	async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const chunks: Buffer[] = [];
		for await (const chunk of request) chunks.push(chunk as Buffer);
		const body = Buffer.concat(chunks).toString();
		const elements = read(body);
		const path = canonicalPath(new URL(request.url ?? "/", this.url).pathname);
		const seen = { method: request.method ?? "", path, headers: request.headers, body, report: elements.root };
		this.requests.push(seen);
		const cut = this.quirks.intercept?.(seen) ?? null;
		if (cut !== null) {
			const answer = { body: "", ...cut, headers: { "content-type": "application/xml", ...cut.headers } };
			if (!cut.drop) return write(response, answer);
			response.writeHead(cut.status, answer.headers);
			response.write(answer.body || " ", () => response.destroy());
			return;
		}
		const auth = this.#auth.check(request, this.quirks.auth ?? { scheme: "basic" }, this.account);
		for (const [name, value] of auth.headers) response.appendHeader(name, value);
		const answer = auth.ok ? this.#answer(seen, elements) : { status: 401, headers: {}, body: "" };
		const isWrite = seen.method === "PUT" || seen.method === "DELETE";
		if (isWrite && auth.ok && this.quirks.lostAnswers) {
			this.quirks.lostAnswers--;
			response.destroy();
			return;
		}
		write(response, answer);
	}

	#answer(seen: SeenRequest, elements: ReadBody): Answer {
		const writer = new DavWriter(this.quirks.style ?? {});
		const send: Send = (status, body) => ({ status, headers: { "content-type": writer.contentType }, body });
		const { method, path, report } = seen;
		if (path === "/.well-known/caldav" && this.wellKnown !== null) {
			return { status: 301, headers: { location: this.wellKnown }, body: "" };
		}
		const calendar = this.calendars.get(path);
		if (method === "PROPFIND") {
			const responses = this.#propfind(path, seen.headers.depth === "1", writer);
			if (responses === null) return send(404, "");
			return send(207, writer.multistatus(responses.map((each) => writer.response(each))));
		}
		if (method === "OPTIONS") return { status: 200, headers: { dav: this.#features() }, body: "" };
		if (method === "GET") return this.#get(path, send);
		if (method === "PUT" || method === "DELETE") return this.#write(method, seen, writer, send);
		if (method !== "REPORT" || calendar === undefined) return send(calendar === undefined ? 404 : 405, "");
		if (report === "sync-collection") return this.#sync(calendar, elements, writer, send);
		if (report === "calendar-multiget") return this.#multiget(calendar, elements, writer, send);
		if (report !== "calendar-query") return send(501, "");
		const names = [...calendar.resources].filter(([, { ics }]) => ics.includes("BEGIN:VEVENT")).map(([name]) => name);
		const uid = uidIn(elements.children);
		const { uidQuery } = this.quirks;
		if (uid !== null && typeof uidQuery === "number") return send(uidQuery, "");
		const holds = (name: string) => calendar.nameOf(uid ?? "") === name;
		const found = uid === null || uidQuery === "ignored" ? names : names.filter(holds);
		const shown = found.filter((name) => !this.quirks.hiddenFromQuery?.(name));
		return send(207, writer.multistatus(shown.map((name) => writer.response(this.#resource(calendar, name, writer)))));
	}

	#features(): string {
		return `1, 3, calendar-access${this.quirks.autoSchedule ? ", calendar-auto-schedule" : ""}`;
	}

	#place(path: string): { readonly calendar: DavCalendar; readonly name: string } | null {
		const calendar = this.calendars.get(path.replace(/[^/]*$/, ""));
		const name = decodeURIComponent(path.split("/").at(-1) ?? "");
		return calendar === undefined || name === "" ? null : { calendar, name };
	}

	#get(path: string, send: Send): Answer {
		const place = this.#place(path);
		const resource = place?.calendar.resources.get(place.name);
		if (resource === undefined) return send(404, "");
		const { putEtag, autoSchedule, noEtags } = this.quirks;
		const etag = putEtag === "marked" ? marked(resource.etag) : this.#etag(resource.etag);
		const headers = {
			"content-type": "text/calendar",
			...(noEtags ? {} : { etag }),
			...(autoSchedule && isMeeting(resource.ics) ? { "schedule-tag": resource.scheduleTag } : {}),
		};
		return { status: 200, headers, body: resource.ics };
	}

	#etag(etag: string): string {
		return this.quirks.weakEtags ? `W/${etag}` : etag;
	}

	#write(method: "PUT" | "DELETE", { path, headers, body }: SeenRequest, writer: DavWriter, send: Send): Answer {
		const place = this.#place(path);
		if (place === null) return send(this.calendars.has(path) ? 405 : 409, "");
		const address = this.account.username;
		const outcome = performWrite({ method, headers, body, path, ...place, quirks: this.quirks, address });
		this.invitations.push(...outcome.invitations);
		const { status, precondition = "", sentence } = outcome;
		if (status < 300) {
			const wrapped = status === 207 ? writer.multistatus([writer.response({ path, status: 201 })]) : "";
			return { ...send(status, wrapped), headers: { ...outcome.headers } };
		}
		if (!this.quirks.wrapsRefusals) return send(status, writer.error(precondition, sentence));
		return send(207, writer.multistatus([writer.response({ path, status, precondition })]));
	}

	/** A guest's answer arrives: the etag moves, the schedule tag does not. */
	receiveReply(calendar: DavCalendar, name: string, guest: string, partstat: string): void {
		const stored = calendar.resources.get(name);
		if (stored === undefined) throw new Error(`no resource ${name}`);
		calendar.put(name, withAnswer(stored.ics, guest, partstat), stored.scheduleTag);
	}

	#propfind(path: string, deep: boolean, writer: DavWriter): readonly WrittenResponse[] | null {
		const principal = writer.d("current-user-principal", writer.href(this.principal));
		if (path === this.wellKnown || path === "/") {
			return [{ path, props: [principal, writer.d("resourcetype", writer.d("collection", ""))] }];
		}
		if (path === this.principal) {
			const homes = writer.c("calendar-home-set", this.homeSets.map((home) => writer.d("href", home)).join(""));
			const addresses = writer.c("calendar-user-address-set", writer.d("href", "mailto:User@Example.org"));
			const type = writer.d("resourcetype", writer.d("collection", "") + writer.d("principal", ""));
			const outbox = this.quirks.autoSchedule ? [writer.c("schedule-outbox-URL", writer.d("href", "/outbox/"))] : [];
			return [{ path, props: [principal, homes, addresses, type, ...outbox] }];
		}
		const place = this.#place(path);
		if (place?.calendar.resources.has(place.name)) return [this.#member(place.calendar, place.name, writer)];
		const calendar = this.calendars.get(path);
		if (calendar !== undefined) {
			const members = deep ? [...calendar.resources.keys()].map((name) => this.#member(calendar, name, writer)) : [];
			return [this.#calendarEntry(calendar, writer), ...members];
		}
		const inside = [...this.calendars.values()].filter(({ path: own }) => own.replace(/[^/]+\/$/, "") === path);
		if (inside.length === 0 && !this.homeSets.some((home) => home.endsWith(path))) return null;
		const own = { path, props: [principal, writer.d("resourcetype", writer.d("collection", ""))] };
		return [own, ...(deep ? inside.map((each) => this.#calendarEntry(each, writer)) : [])];
	}

	#calendarEntry(calendar: DavCalendar, writer: DavWriter): WrittenResponse {
		const { sync = true, ctag = true } = this.quirks;
		const props = [
			writer.d("resourcetype", writer.d("collection", "") + writer.c("calendar", "")),
			writer.d("displayname", calendar.name),
			writer.d("current-user-principal", writer.href(this.principal)),
			writer.c("supported-calendar-component-set", '<cal:comp name="VEVENT"/>'),
		];
		const reports =
			sync === false ? "" : writer.d("supported-report", writer.d("report", writer.d("sync-collection", "")));
		props.push(writer.d("supported-report-set", reports));
		const { maxResourceSize, readOnly } = this.quirks;
		if (maxResourceSize !== undefined) props.push(writer.c("max-resource-size", String(maxResourceSize)));
		if (readOnly?.(calendar.path)) {
			props.push(writer.d("current-user-privilege-set", writer.d("privilege", writer.d("read", ""))));
		}
		const { secondStamps = false, frozenToken } = this.quirks;
		const stamp = String(calendar.stamp);
		if (sync !== false) props.push(writer.d("sync-token", secondStamps ? stamp : (frozenToken ?? calendar.token)));
		if (ctag) props.push(writer.ctag(secondStamps ? stamp : calendar.ctag));
		return { path: calendar.path, props, missing: ["owner"] };
	}

	#member(calendar: DavCalendar, name: string, writer: DavWriter): WrittenResponse {
		const props = [writer.d("resourcetype", ""), ...this.#tags(calendar.resources.get(name), writer)];
		return { path: calendar.path + encodeURIComponent(name), props };
	}

	#resource(calendar: DavCalendar, name: string, writer: DavWriter): WrittenResponse {
		const resource = calendar.resources.get(name);
		const path = calendar.path + encodeURIComponent(name);
		if (resource === undefined) return { path, status: 404 };
		return { path, props: [...this.#tags(resource, writer), writer.data(resource.ics)], missing: ["owner"] };
	}

	#tags(resource: StoredResource | undefined, writer: DavWriter): readonly string[] {
		if (resource === undefined) return [];
		const { noEtags, autoSchedule } = this.quirks;
		const tag = autoSchedule && isMeeting(resource.ics) ? [writer.c("schedule-tag", resource.scheduleTag)] : [];
		return [...(noEtags ? [] : [writer.d("getetag", this.#etag(resource.etag))]), ...tag];
	}

	#multiget(calendar: DavCalendar, elements: ReadBody, writer: DavWriter, send: Send): Answer {
		if (this.quirks.multigetStatus !== undefined) return send(this.quirks.multigetStatus, "");
		const names = elements.children
			.filter((each) => isNamed(each, D.href))
			.map(({ text }) => decodeURIComponent(canonicalPath(text.trim()).split("/").at(-1) ?? ""));
		const shown = names.filter((name) => !this.quirks.hiddenFromMultiget?.(name));
		return send(207, writer.multistatus(shown.map((name) => writer.response(this.#resource(calendar, name, writer)))));
	}

	#sync(calendar: DavCalendar, elements: ReadBody, writer: DavWriter, send: Send): Answer {
		const { sync = true, pageSize = Number.POSITIVE_INFINITY, frozenToken, badTokenStatus = 403 } = this.quirks;
		if (sync === false) return send(403, "");
		if (sync !== true) return send(sync.refused, "");
		const given = elements.children.find((each) => isNamed(each, D.syncToken))?.text.trim() ?? "";
		if (frozenToken !== undefined && given === frozenToken) return send(207, writer.multistatus([], frozenToken));
		const position = calendar.positionOf(given);
		if (position === null && badTokenStatus !== "forgotten") {
			return send(badTokenStatus, writer.error("valid-sync-token"));
		}
		const token = position === null ? "" : given;
		const from = position ?? 0;
		const last = new Map(calendar.log.map((name, position) => [name, position]));
		const due = [...last].filter(
			([name, position]) => position >= from && (token !== "" || calendar.resources.has(name)),
		);
		due.sort(([, a], [, b]) => a - b);
		const page = due.slice(0, pageSize);
		const responses = page
			.filter(([name]) => !this.quirks.hiddenFromSync?.(name))
			.map(([name]) =>
				calendar.resources.has(name)
					? this.#member(calendar, name, writer)
					: { path: calendar.path + encodeURIComponent(name), status: 404 },
			);
		if (page.length < due.length) responses.push({ path: calendar.path, status: 507 });
		const next = page.length < due.length ? calendar.tokenAt((page.at(-1)?.[1] ?? 0) + 1) : calendar.token;
		const written = responses.map((each) => writer.response(each));
		return send(207, writer.multistatus(written, this.quirks.noToken ? undefined : (frozenToken ?? next)));
	}
}

interface Answer {
	readonly status: number;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string;
}

type Send = (status: number, body: string) => Answer;

function write(response: ServerResponse, { status, headers, body }: Answer): void {
	response.writeHead(status, headers).end(body);
}

interface ReadBody {
	readonly root: string;
	readonly children: readonly XmlElement[];
}

/** The text of a `C:text-match` on UID, at any depth. */
function uidIn(elements: readonly XmlElement[]): string | null {
	for (const each of elements) {
		if (each.local === "prop-filter" && each.attributes.name === "UID") return each.children[0]?.text ?? null;
		const inside = uidIn(each.children);
		if (inside !== null) return inside;
	}
	return null;
}

function read(body: string): ReadBody {
	if (!body.trimStart().startsWith("<")) return { root: "", children: [] };
	const reader = new XmlReader();
	const children = [...reader.write(body), ...reader.end()];
	return { root: reader.root?.local ?? "", children };
}
