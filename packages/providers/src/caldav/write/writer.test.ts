import { guest } from "@kalends/model/testing";
import { afterEach, describe, expect, test } from "vitest";
import type { ProviderFailure } from "../../port/failure.ts";
import type { RemoteResource } from "../../port/provider.ts";
import type { ResourceDraft } from "../../port/writer.ts";
import { failureOf, stopDavServers } from "../../testing/caldav/connect-client.ts";
import type { Quirks } from "../../testing/caldav/dav-server.ts";
import { type DavScene, davScene } from "../../testing/caldav/write-client.ts";
import { fixture } from "../../testing/fixture-events.ts";
import { draftOf, eventsIn } from "../../testing/write-client.ts";

afterEach(stopDavServers);

const draft = (key = "k1", title = "Title") => draftOf(key, eventsIn(fixture({ uid: `uid-${key}`, title }).ics));
const retitle = ({ events }: RemoteResource, title: string) => events.map((event) => ({ ...event, title }));
const inBerlin = ({ key, events, raw }: ResourceDraft): ResourceDraft =>
	draftOf(
		key,
		events.map((event) => ({ ...event, start: berlin("10:00", "09:00"), end: berlin("11:00", "10:00") })),
		raw,
	);
const berlin = (local: string, utc: string) =>
	({
		type: "zoned",
		local: `2026-01-05T${local}:00`,
		zone: "Europe/Berlin",
		instant: `2026-01-05T${utc}:00Z`,
	}) as const;
const ID = "/calendars/user/work/k1.ics";

describe("what goes over the wire", () => {
	test("one PUT where the server vouches for what it stored and is known to keep it, one DELETE", async () => {
		const scene = await davScene();
		for (const key of ["k2", "k3", "k4"]) await scene.create(inBerlin(draft(key)));
		scene.server.takeRequests();
		const made = await scene.create(draft());
		expect(made).toMatchObject({ id: ID, etag: '"e4"' });
		const changed = await scene.update(made, retitle(made, "New"));
		await scene.remove(changed);
		const sent = scene.server.requests.map(({ method, path, headers }) => {
			const { "if-match": match, "if-none-match": none, "content-type": type } = headers;
			return [method, path, match, none, type];
		});
		const TYPE = "text/calendar; charset=utf-8";
		expect(sent).toEqual([
			["PUT", ID, undefined, "*", TYPE],
			["PUT", ID, '"e4"', undefined, TYPE],
			["DELETE", ID, '"e5"', undefined, undefined],
		]);
	});

	test("a body without a zone of ours, or over another one, shows not yet what a server keeps", async () => {
		const scene = await davScene();
		let current = await scene.create(draft());
		for (const key of ["k2", "k3", "k4"]) await scene.create(draft(key));
		for (const title of ["a", "b", "c"]) current = await scene.update(current, retitle(current, title));
		scene.server.takeRequests();
		await scene.create(draft("k5"));
		expect(scene.server.takeRequests().map((each) => each.split(" ")[0])).toEqual(["PUT", "GET"]);
	});

	test("of a server that changes bodies under a strong etag, it is what it stored, also after it had kept some", async () => {
		const scene = await davScene({ rewrites: "unsaid" });
		const made = await scene.create(inBerlin(draft()));
		const stored = scene.calendar.resources.get("k1.ics");
		expect(made).toMatchObject({ etag: stored?.etag, raw: stored?.ics });
		expect(made.raw).toContain("X-STORED-BY:server");
		scene.server.quirks = {};
		for (const key of ["k2", "k3", "k4"]) await scene.create(inBerlin(draft(key)));
		scene.server.quirks = { rewrites: "unsaid" };
		const changed = await scene.update(made, retitle(made, "New"));
		expect(changed.raw).toBe(scene.calendar.resources.get("k1.ics")?.ics);
	});

	test.each<[string, Quirks, readonly string[]]>([
		["no etag", { putEtag: "none" }, [`PUT ${ID}`, `GET ${ID}`]],
		["a weak one", { putEtag: "weak" }, [`PUT ${ID}`, `GET ${ID}`]],
		["one marked by a proxy", { putEtag: "marked" }, [`PUT ${ID}`, `GET ${ID}`, "PROPFIND propfind"]],
		["none, and another body", { rewrites: true }, [`PUT ${ID}`, `GET ${ID}`]],
		["202", { putStatus: 202 }, [`PUT ${ID}`, `GET ${ID}`]],
		["207", { putStatus: 207 }, [`PUT ${ID}`, `GET ${ID}`]],
	])("%s: it is read again", async (_, quirks, requests) => {
		const scene = await davScene(quirks);
		const made = await scene.create(draft());
		expect(scene.server.takeRequests()).toEqual(requests);
		const stored = scene.calendar.resources.get("k1.ics");
		expect(made).toMatchObject({ etag: stored?.etag, raw: stored?.ics });
	});

	test("what was sent, without an etag, where it cannot be read again", async () => {
		const scene = await davScene({ putEtag: "none" });
		scene.server.quirks.intercept = ({ method }) => (method === "GET" ? { status: 503 } : null);
		const made = await scene.create(draft());
		expect(made).toMatchObject({ id: ID, etag: null, events: [{ title: "Title" }] });
		scene.server.quirks.intercept = () => null;
		expect(await scene.update(made, retitle(made, "New"))).toMatchObject({ events: [{ title: "New" }] });
	});

	test("a server that still shows what was there before is not believed", async () => {
		const scene = await davScene({ putEtag: "none" });
		const made = await scene.create(draft());
		const old = { ...scene.calendar.resources.get("k1.ics") };
		scene.server.quirks.intercept = ({ method }) =>
			method === "GET" ? { status: 200, headers: { etag: old.etag ?? "" }, body: old.ics ?? "" } : null;
		expect(await scene.update(made, retitle(made, "New"))).toMatchObject({ etag: null, events: [{ title: "New" }] });
	});

	test("Digest signs each request, and sends the body again after a challenge", async () => {
		const scene = await davScene({ auth: { scheme: "digest", nonceUses: 1 } });
		const made = await scene.create(draft("k1", "Grüße 世界"));
		const changed = await scene.update(made, retitle(made, "Später"));
		expect(scene.calendar.resources.get("k1.ics")?.ics).toContain("Später");
		await scene.remove(changed);
		expect(scene.calendar.resources.size).toBe(0);
	});

	test.each([301, 302, 307, 308])("a redirect with %i keeps method, body and condition", async (status) => {
		const scene = await davScene();
		scene.server.quirks.intercept = ({ path }) =>
			path.startsWith("/calendars/user/work/")
				? { status, headers: { location: path.replace("/work/", "/moved/") } }
				: null;
		const moved = scene.server.addCalendar("moved");
		const made = await scene.create(draft());
		expect(moved.resources.get("k1.ics")?.ics).toContain("SUMMARY:Title");
		expect(made.id).toBe("/calendars/user/moved/k1.ics");
		const puts = scene.server.requests.filter(({ method }) => method === "PUT");
		expect(puts.map(({ headers }) => headers["if-none-match"])).toEqual(["*", "*"]);
		expect(await failureOf(scene.create(draft()))).toMatchObject({ reason: "already_exists" });
		await scene.remove(made);
		expect(moved.resources.size).toBe(0);
	});

	test("a redirect to another site gets nothing", async () => {
		const scene = await davScene();
		scene.server.quirks.intercept = () => ({ status: 307, headers: { location: "https://evil.example/k1.ics" } });
		expect(await failureOf(scene.create(draft()))).toMatchObject({ reason: "unsafe_redirect" });
	});

	test("a server that ignores conditions has what was sent twice once", async () => {
		const scene = await davScene({ lostAnswers: 1, ignoresIfNoneMatch: true });
		expect(await scene.create(draft())).toMatchObject({ id: ID, events: [{ title: "Title" }] });
		expect([...scene.calendar.resources.keys()]).toEqual(["k1.ics"]);
	});

	test("two lost answers in a row leave it open, and reading tells", async () => {
		const scene = await davScene({ lostAnswers: 2 });
		expect(await failureOf(scene.create(draft()))).toMatchObject({ kind: "unavailable", reason: "connection_lost" });
		const found = await scene.writer.findCreated(scene.remote, draft(), scene.context);
		expect(found).toMatchObject({ id: ID, events: [{ title: "Title" }] });
		expect(scene.calendar.log).toEqual(["k1.ics"]);
	});
});

describe("refusals", () => {
	const refusal = async (quirks: Quirks, act: (scene: DavScene) => Promise<unknown>): Promise<ProviderFailure> =>
		await failureOf(act(await davScene(quirks)));

	test("of a size that the server announced, before anything is sent", async () => {
		const scene = await davScene({}, { maxResourceSize: 300 });
		const long = eventsIn(fixture({ uid: "long", title: "x".repeat(400) }).ics);
		expect(await failureOf(scene.create(draftOf("k1", long)))).toMatchObject({
			kind: "invalid",
			reason: "event_too_large",
		});
		expect(scene.server.takeRequests()).toEqual([]);
	});

	test.each([false, true])("of a size that it did not announce (wrapped: %s)", async (wrapsRefusals) => {
		const failure = await refusal({ silentMaxSize: 50, wrapsRefusals }, (scene) => scene.create(draft()));
		expect(failure).toMatchObject({ kind: "invalid", reason: "event_too_large", status: 403 });
	});

	test("of a calendar that is only to be read", async () => {
		const readOnly = () => true;
		expect(await refusal({ readOnly }, (scene) => scene.create(draft()))).toMatchObject({ reason: "read_only" });
		const scene = await davScene();
		const made = await scene.create(draft());
		scene.server.quirks.readOnly = (path) => path === ID;
		expect(await failureOf(scene.update(made, retitle(made, "x")))).toMatchObject({ reason: "read_only" });
		expect(await failureOf(scene.remove(made))).toMatchObject({ kind: "forbidden", reason: "read_only" });
		expect(await scene.create(draft("k2"))).toMatchObject({ etag: expect.any(String) });
	});

	test.each([403, 409, 400] as const)("a UID of this calendar (%i) is found there", async (uidConflict) => {
		const scene = await davScene({ uidConflict });
		scene.calendar.put("theirs.ics", fixture({ uid: "uid-k1", title: "Theirs" }).ics);
		expect(await failureOf(scene.create(draft()))).toMatchObject({
			kind: "precondition_failed",
			reason: "already_exists",
		});
		const found = await scene.writer.findCreated(scene.remote, draft(), scene.context);
		expect(found).toMatchObject({ id: "/calendars/user/work/theirs.ics", events: [{ title: "Theirs" }] });
	});

	test.each([501, 403, "ignored"] as const)("a UID that the server cannot look for (%s)", async (uidQuery) => {
		const scene = await davScene({ uidQuery });
		scene.calendar.put("other.ics", fixture({ uid: "other", title: "Other" }).ics);
		expect(await scene.writer.findCreated(scene.remote, draft(), scene.context)).toBeNull();
	});

	test("a UID that is elsewhere stays refused", async () => {
		const scene = await davScene();
		scene.server.quirks.intercept = ({ method }) =>
			method === "PUT"
				? { status: 409, body: '<error xmlns="DAV:"><no-uid-conflict xmlns="urn:ietf:params:xml:ns:caldav"/></error>' }
				: null;
		expect(await failureOf(scene.create(draft()))).toMatchObject({ kind: "invalid", reason: "uid_conflict" });
	});

	test("a body that cannot be written over without loss is left alone", async () => {
		const scene = await davScene();
		const made = await scene.create(draft());
		const failure = await failureOf(scene.update({ ...made, raw: "<html>" }, retitle(made, "x")));
		expect(failure).toMatchObject({ kind: "invalid", reason: "event_refused" });
	});

	test("a calendar that is gone makes nothing look deleted", async () => {
		const scene = await davScene();
		scene.server.calendars.clear();
		const reading = scene.writer.read(scene.remote, ID, scene.context);
		expect(await failureOf(reading)).toMatchObject({ kind: "not_found" });
	});
});

describe("scheduling by the server", () => {
	const scheduling = () => davScene({}, { autoSchedule: true });
	const meeting = (...guests: readonly string[]) => {
		const { key, events, raw } = draft("k1", "Meeting");
		return draftOf(
			key,
			events.map((event) => ({ ...event, participants: guests.map((email) => guest(email)) })),
			raw,
		);
	};
	const sent = ({ server }: DavScene) =>
		server.invitations.splice(0).map(({ method, recipient }) => `${method} ${recipient}`);

	test("each guest is told once of each thing", async () => {
		const scene = await scheduling();
		expect(scene.remote.sendsInvitations).toBe(true);
		const made = await scene.create(meeting("a@x.org", "b@x.org"));
		expect(sent(scene)).toEqual(["REQUEST a@x.org", "REQUEST b@x.org"]);
		expect(made.events[0]?.participants[0]).toMatchObject({ email: "user@example.org", organizer: true, self: true });
		expect(made.raw).toContain("SCHEDULE-STATUS=1.1");
		expect(made.scheduleTag).not.toBeNull();

		const alarmed = made.events.map((event) => ({
			...event,
			reminders: { use_default: false, overrides: [{ method: "popup" as const, minutes: 5 }] },
		}));
		const quiet = await scene.update(made, alarmed);
		expect(sent(scene)).toEqual([]);
		const renamed = await scene.update(quiet, retitle(quiet, "Renamed"));
		expect(sent(scene)).toEqual(["REQUEST a@x.org", "REQUEST b@x.org"]);
		const fewer = renamed.events.map((event) => ({ ...event, participants: event.participants.slice(0, 2) }));
		const changed = await scene.update(renamed, fewer);
		expect(sent(scene)).toEqual(["CANCEL b@x.org"]);
		await scene.remove(changed);
		expect(sent(scene)).toEqual(["CANCEL a@x.org"]);
	});

	test("a lost answer invites nobody twice", async () => {
		const scene = await scheduling();
		scene.server.quirks.lostAnswers = 1;
		expect(await failureOf(scene.create(meeting("a@x.org")))).toMatchObject({ kind: "precondition_failed" });
		expect(sent(scene)).toEqual(["REQUEST a@x.org"]);
	});

	test("answers of guests that came meanwhile stay, and refuse nothing", async () => {
		const scene = await scheduling();
		const made = await scene.create(meeting("a@x.org", "b@x.org"));
		scene.server.receiveReply(scene.calendar, "k1.ics", "a@x.org", "ACCEPTED");
		const changed = await scene.update(made, retitle(made, "Renamed"));
		expect(scene.server.requests.at(-2)?.headers["if-schedule-tag-match"]).toBe(made.scheduleTag);
		expect(changed.events[0]).toMatchObject({ title: "Renamed" });
		expect(changed.events[0]?.participants.map(({ response }) => response)).toEqual([
			"accepted",
			"accepted",
			"needs_action",
		]);
		await scene.create(draft("k2"));
		scene.calendar.put("k1.ics", scene.calendar.resources.get("k1.ics")?.ics ?? "");
		expect(await failureOf(scene.update(changed, retitle(changed, "Stale")))).toMatchObject({
			reason: "changed_meanwhile",
		});
	});

	const invitation = fixture({ uid: "inv", title: "Theirs", override: "Moved" }).ics.replaceAll(
		"END:VEVENT",
		[
			"ORGANIZER;CN=Boss:mailto:boss@x.org",
			"ATTENDEE;CUTYPE=INDIVIDUAL;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;X-KEPT=1:mailto:user@example.org",
			"ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:c@x.org",
			"END:VEVENT",
		].join("\r\n"),
	);
	const invited = async (scene: DavScene) => {
		scene.calendar.put("inv.ics", invitation);
		const resource = await scene.writer.read(scene.remote, "/calendars/user/work/inv.ics", scene.context);
		if (resource === null) throw new Error("not there");
		return resource;
	};
	const answered = ({ events }: RemoteResource) =>
		events.map((event) => ({
			...event,
			participants: event.participants.map((one) => (one.self ? { ...one, response: "accepted" as const } : one)),
		}));

	test("an answer changes nothing but itself, and the organizer is told", async () => {
		const scene = await scheduling();
		const resource = await invited(scene);
		const changed = await scene.update(resource, answered(resource), true);
		expect(sent(scene)).toEqual(["REPLY boss@x.org"]);
		const volatile = /^(DTSTAMP|LAST-MODIFIED).*\r\n/gm;
		const unfolded = (body: string) => body.replaceAll("\r\n ", "").replace(volatile, "");
		const wanted = unfolded(invitation).replaceAll(
			"PARTSTAT=NEEDS-ACTION;RSVP=TRUE;X-KEPT=1",
			"PARTSTAT=ACCEPTED;RSVP=TRUE;X-KEPT=1",
		);
		expect(unfolded(changed.raw)).toBe(wanted);
	});

	test("an answer to one occurrence is accepted too", async () => {
		const scene = await scheduling();
		const resource = await invited(scene);
		const [master] = resource.events;
		if (master === undefined) throw new Error("no master");
		const start = {
			type: "zoned",
			local: "2026-01-07T09:00:00",
			zone: "UTC",
			instant: "2026-01-07T09:00:00Z",
		} as const;
		const end = { ...start, local: "2026-01-07T10:00:00", instant: "2026-01-07T10:00:00Z" };
		const [one] = answered({
			...resource,
			events: [{ ...master, recurrence: null, recurrence_id: start, start, end }],
		});
		if (one === undefined) throw new Error("no occurrence");
		const changed = await scene.update(resource, [...resource.events, one], true);
		expect(changed.events).toHaveLength(3);
		expect(sent(scene)).toEqual(["REPLY boss@x.org"]);
		expect(changed.raw.match(/PARTSTAT=ACCEPTED/g)).toHaveLength(1);
		expect(
			changed.raw.replaceAll("\r\n ", "").match(/CUTYPE=INDIVIDUAL;PARTSTAT=\S+;RSVP=TRUE;X-KEPT=1/g),
		).toHaveLength(3);
	});

	test("what is the organizer's is refused with a reason", async () => {
		const scene = await scheduling();
		const resource = await invited(scene);
		expect(await failureOf(scene.update(resource, retitle(resource, "Mine")))).toMatchObject({
			kind: "forbidden",
			reason: "not_the_organizer",
		});
		expect(scene.calendar.resources.get("inv.ics")?.ics).toBe(invitation);
		await scene.remove(resource);
		expect(sent(scene)).toEqual(["REPLY boss@x.org"]);
	});
});
