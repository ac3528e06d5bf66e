import { forbidden, invalid, notFound, required } from "../http/google-error.ts";
import { type JsonObject, mergePatch } from "../json.ts";
import { announce } from "../push/announce.ts";
import { type AccessRole, type Calendar, etagOf, isRole } from "../world/calendar.ts";
import { share } from "../world/create-account.ts";
import { type Answer, type Call, openCalendar, requireRole } from "./caller.ts";
import { objectOf, textOf } from "./events/read-fields.ts";
import { beginListing, cutPage } from "./paging.ts";

function view(calendar: Calendar, who: string, role: AccessRole): JsonObject {
	const scope = who === "default" ? { type: "default" } : { type: "user", value: who };
	return { kind: "calendar#aclRule", etag: etagOf(calendar.aclRevision, 0), id: ruleId(who), scope, role };
}

const ruleId = (who: string): string => (who === "default" ? who : `user:${who}`);

/** Who may see and change the rules: owners alone. */
function openAcl(call: Call): Calendar {
	const open = openCalendar(call, call.params.calendarId ?? "");
	requireRole(open, "owner");
	return open.calendar;
}

function answer(calendar: Calendar, who: string): Answer {
	const role = calendar.acl.get(who);
	if (role === undefined) throw notFound();
	return { body: view(calendar, who, role), etag: etagOf(calendar.aclRevision, 0) };
}

function findRule(calendar: Calendar, id = ""): string {
	const who = [...calendar.acl.keys()].find((each) => ruleId(each) === id.toLowerCase());
	if (who === undefined) throw notFound();
	return who;
}

/** https://developers.google.com/calendar/api/v3/reference/acl/list */
export function listAcl(call: Call): Answer {
	const calendar = openAcl(call);
	const listing = beginListing(call, `acl ${calendar.id}`, { usual: 100, most: 250 });
	const rules = [...calendar.acl].map(([who, role], key) => ({ key, id: who, item: view(calendar, who, role) }));
	const { items, nextPageToken } = cutPage(call.world, listing, rules);
	return { body: { kind: "calendar#acl", etag: etagOf(calendar.aclRevision, 0), nextPageToken, items } };
}

/** https://developers.google.com/calendar/api/v3/reference/acl/get */
export function getAclRule(call: Call): Answer {
	const calendar = openAcl(call);
	return answer(calendar, findRule(calendar, call.params.ruleId));
}

/** https://developers.google.com/calendar/api/v3/reference/acl/insert */
export function insertAclRule(call: Call): Answer {
	const calendar = openAcl(call);
	const scope = objectOf(call.body, "scope");
	const type = scope === undefined ? undefined : textOf(scope, "type");
	if (scope === undefined || type === undefined) throw required("Missing scope.");
	if (type !== "user" && type !== "group" && type !== "default") throw invalid("Invalid scope type.");
	const who = type === "default" ? type : textOf(scope, "value")?.toLowerCase();
	if (who === undefined) throw required("Missing scope value.");
	return grant(call, calendar, who, call.body);
}

/** https://developers.google.com/calendar/api/v3/reference/acl/patch */
export function patchAclRule(call: Call): Answer {
	const calendar = openAcl(call);
	const who = findRule(calendar, call.params.ruleId);
	const role = calendar.acl.get(who) ?? "reader";
	return grant(call, calendar, who, mergePatch(view(calendar, who, role), call.body));
}

/** https://developers.google.com/calendar/api/v3/reference/acl/update */
export function updateAclRule(call: Call): Answer {
	const calendar = openAcl(call);
	return grant(call, calendar, findRule(calendar, call.params.ruleId), call.body);
}

function grant(call: Call, calendar: Calendar, who: string, body: JsonObject): Answer {
	const role = textOf(body, "role");
	if (role === undefined) throw required("Missing role.");
	if (role !== "none" && !isRole(role)) throw invalid("Invalid role.");
	set(call, calendar, who, role === "none" ? null : role);
	return role === "none" ? { body: { ...view(calendar, who, "reader"), role } } : answer(calendar, who);
}

/** https://developers.google.com/calendar/api/v3/reference/acl/delete */
export function deleteAclRule(call: Call): Answer {
	const calendar = openAcl(call);
	set(call, calendar, findRule(calendar, call.params.ruleId), null);
	return { status: 204 };
}

function set(call: Call, calendar: Calendar, who: string, role: AccessRole | null): void {
	if (who === calendar.dataOwner.toLowerCase()) throw forbidden("The role of a calendar's owner cannot be changed.");
	share(call.world, calendar, who, role);
	announce(call.world, { type: "acl", calendarId: calendar.id });
}
