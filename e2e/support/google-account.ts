import { calendar, type calendar_v3 } from "@googleapis/calendar";
import { type CalendarEvent, type EventDateTime, originalStartKey, parseCalendar } from "@kalends/model";
import { createAccount, DEFAULT_CLIENT, issueAccessToken, revokeGrant, type Sandbox } from "@kalends/sandbox";
import { OAuth2Client } from "google-auth-library";

const SCOPES = ["https://www.googleapis.com/auth/calendar"];

/** An account of a sandbox, and Google's own client as another program that writes to it. */
export class GoogleAccount {
	readonly email: string;
	readonly #sandbox: Sandbox;
	readonly #api: calendar_v3.Calendar;
	#calendars = 0;

	constructor(sandbox: Sandbox, email: string, timeZone = "UTC") {
		this.#sandbox = sandbox;
		this.email = email;
		createAccount(sandbox.world, { email, timeZone });
		const auth = new OAuth2Client();
		auth.setCredentials({ access_token: issueAccessToken(sandbox.world, { ...this.#grant, clientId: "other" }) });
		this.#api = calendar({ version: "v3", rootUrl: `${sandbox.url}/`, auth, retry: false });
	}

	get #grant() {
		return { clientId: DEFAULT_CLIENT.clientId, email: this.email, scopes: SCOPES };
	}

	token(): string {
		return issueAccessToken(this.#sandbox.world, this.#grant);
	}

	revoke(): void {
		revokeGrant(this.#sandbox.world, DEFAULT_CLIENT.clientId, this.email);
	}

	/** The first one is the primary calendar, which every account has. */
	async createCalendar(summary: string): Promise<string> {
		this.#calendars += 1;
		const requestBody = { summary };
		const { data } =
			this.#calendars === 1
				? await this.#api.calendars.patch({ calendarId: "primary", requestBody })
				: await this.#api.calendars.insert({ requestBody });
		return data.id ?? "";
	}

	async deleteCalendar(calendarId: string): Promise<void> {
		await this.#api.calendars.delete({ calendarId });
	}

	expireTokens(calendarId: string): void {
		const { world } = this.#sandbox;
		this.#calendar(calendarId).tokensFrom = world.revisions.next();
	}

	/** Stores every event once more, as it is. */
	changeEtags(calendarId: string): void {
		const { events } = this.#calendar(calendarId);
		for (const record of [...events.all()]) if (record.deletedAt === undefined) events.put(record);
	}

	#calendar(calendarId: string) {
		const found = this.#sandbox.world.calendars.get(calendarId);
		if (found === undefined) throw new Error(`there is no calendar ${calendarId}`);
		return found;
	}

	async title(calendarId: string, eventId: string): Promise<string | null> {
		try {
			const { data } = await this.#api.events.get({ calendarId, eventId });
			return data.status === "cancelled" ? null : (data.summary ?? "");
		} catch (error) {
			if ((error as { status?: number }).status === 404) return null;
			throw error;
		}
	}

	async #idOfUid(calendarId: string, iCalUID: string): Promise<string | null> {
		const { data } = await this.#api.events.list({ calendarId, iCalUID });
		return data.items?.find(({ recurringEventId }) => recurringEventId == null)?.id ?? null;
	}

	/** Makes the event of this UID what an iCalendar text says. */
	async put(calendarId: string, uid: string, ics: string): Promise<void> {
		await this.replace(calendarId, await this.#idOfUid(calendarId, uid), ics);
	}

	/** @param eventId null: a new event */
	async replace(calendarId: string, eventId: string | null, ics: string): Promise<void> {
		const events = parseCalendar(ics).groups.flatMap((group) => [...group.events]);
		const master = events.find(({ recurrence_id }) => recurrence_id === null);
		// A task, say: Google's calendar has none of it.
		if (master === undefined) return;
		const requestBody = bodyOf(master);
		const id = eventId ?? (await this.#insert(calendarId, { ...requestBody, iCalUID: master.uid }));
		if (eventId !== null) await this.#api.events.update({ calendarId, eventId, requestBody });
		const kept = new Set<string>();
		for (const override of events) {
			if (override.recurrence_id === null) continue;
			const instance = `${id}_${originalStartKey(override.recurrence_id)}`;
			kept.add(instance);
			await this.#api.events.update({ calendarId, eventId: instance, requestBody: bodyOf(override) });
		}
		await this.#restore(calendarId, id, requestBody, kept);
	}

	async #insert(calendarId: string, requestBody: calendar_v3.Schema$Event): Promise<string> {
		return (await this.#api.events.insert({ calendarId, requestBody })).data.id ?? "";
	}

	/** Exceptions that are no longer wanted become as the series is. */
	async #restore(
		calendarId: string,
		seriesId: string,
		master: calendar_v3.Schema$Event,
		kept: ReadonlySet<string>,
	): Promise<void> {
		const { data } = await this.#api.events.list({ calendarId });
		for (const event of data.items ?? []) {
			const { id, recurringEventId, originalStartTime: slot } = event;
			if (recurringEventId !== seriesId || id == null || kept.has(id) || event.status === "cancelled") continue;
			const length = Date.parse(master.end?.dateTime ?? "") - Date.parse(master.start?.dateTime ?? "");
			const end = new Date(Date.parse(slot?.dateTime ?? "") + length).toISOString();
			const requestBody = { summary: master.summary ?? "", start: slot ?? {}, end: { dateTime: end, timeZone: "UTC" } };
			await this.#api.events.patch({ calendarId, eventId: id, requestBody });
		}
	}

	async remove(calendarId: string, uid: string): Promise<void> {
		const id = await this.#idOfUid(calendarId, uid);
		if (id !== null) await this.erase(calendarId, id);
	}

	async erase(calendarId: string, eventId: string): Promise<void> {
		await this.#api.events.delete({ calendarId, eventId });
	}
}

/** The little that fixtures say, written without the code under test. */
function bodyOf({ title, start, end, recurrence }: CalendarEvent): calendar_v3.Schema$Event {
	return {
		summary: title,
		start: timeOf(start),
		end: timeOf(end),
		...(recurrence === null ? {} : { recurrence: [...recurrence] }),
		reminders: { useDefault: false, overrides: [] },
	};
}

function timeOf(time: EventDateTime): calendar_v3.Schema$EventDateTime {
	if (time.type === "date") return { date: time.date };
	if (time.type === "floating") return { dateTime: `${time.local}Z`, timeZone: "UTC" };
	return { dateTime: time.instant, timeZone: time.zone ?? "UTC" };
}
