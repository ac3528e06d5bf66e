import type { Shape } from "../http/fields.ts";

const names = (...members: readonly string[]): Shape => Object.fromEntries(members.map((name) => [name, null]));

const PERSON = names("id", "email", "displayName", "self");
const TIME = names("date", "dateTime", "timeZone");
const REMINDER = names("method", "minutes");
const ANY: Shape = { "*": null };
const DEEP: Shape = { "*": { "*": { "*": { "*": null } } } };

/** Members that a partial response can name, by kind of resource (the reference's resource representations). */
export const EVENT_SHAPE: Shape = {
	...names(
		...["kind", "etag", "id", "status", "htmlLink", "created", "updated", "summary", "description", "location"],
		...["colorId", "endTimeUnspecified", "recurrence", "recurringEventId", "transparency", "visibility", "iCalUID"],
		...["sequence", "attendeesOmitted", "hangoutLink", "anyoneCanAddSelf", "guestsCanInviteOthers"],
		...["guestsCanModify", "guestsCanSeeOtherGuests", "privateCopy", "locked", "eventType", "eventLabelId"],
	),
	creator: PERSON,
	organizer: PERSON,
	start: TIME,
	end: TIME,
	originalStartTime: TIME,
	attendees: {
		...PERSON,
		...names("organizer", "resource", "optional", "responseStatus", "comment", "additionalGuests", "asyncOperation"),
	},
	extendedProperties: { private: ANY, shared: ANY },
	conferenceData: DEEP,
	gadget: DEEP,
	reminders: { useDefault: null, overrides: REMINDER },
	source: names("url", "title"),
	attachments: names("fileUrl", "title", "mimeType", "iconLink", "fileId"),
	workingLocationProperties: DEEP,
	outOfOfficeProperties: DEEP,
	focusTimeProperties: DEEP,
	birthdayProperties: DEEP,
};

const CALENDAR = names("kind", "etag", "id", "summary", "description", "location", "timeZone", "dataOwner");

export const CALENDAR_SHAPE: Shape = {
	...CALENDAR,
	autoAcceptInvitations: null,
	conferenceProperties: ANY,
	labelProperties: DEEP,
};

export const CALENDAR_LIST_ENTRY_SHAPE: Shape = {
	...CALENDAR,
	...names("summaryOverride", "colorId", "backgroundColor", "foregroundColor", "hidden", "selected", "accessRole"),
	...names("primary", "deleted", "autoAcceptInvitations"),
	defaultReminders: REMINDER,
	notificationSettings: { notifications: names("type", "method") },
	conferenceProperties: ANY,
};

/** A listing of such resources. */
export function listShape(items: Shape): Shape {
	return { ...names("kind", "etag", "nextPageToken", "nextSyncToken"), items };
}

export const EVENTS_SHAPE: Shape = {
	...listShape(EVENT_SHAPE),
	...names("summary", "description", "updated", "timeZone", "accessRole"),
	defaultReminders: REMINDER,
};

export const ACL_RULE_SHAPE: Shape = { ...names("kind", "etag", "id", "role"), scope: names("type", "value") };
export const SETTING_SHAPE: Shape = names("kind", "etag", "id", "value");
export const CHANNEL_SHAPE: Shape = {
	...names("kind", "id", "resourceId", "resourceUri", "token", "expiration", "type", "address", "payload"),
	params: ANY,
};
export const FREE_BUSY_SHAPE: Shape = { kind: null, timeMin: null, timeMax: null, groups: DEEP, calendars: DEEP };
export const COLORS_SHAPE: Shape = { kind: null, updated: null, calendar: DEEP, event: DEEP };
