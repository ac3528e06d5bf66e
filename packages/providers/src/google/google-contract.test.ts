import type { CalendarEvent } from "@kalends/model";
import { providerContract } from "../testing/contract.ts";
import { type GoogleQuirks, GoogleSide } from "../testing/google/google-side.ts";
import type { ContractHarness } from "../testing/harness.ts";
import { googleProvider } from "./provider.ts";

/** What is documented, and what a server of this API may do besides. */
const SIDES: Readonly<Record<string, GoogleQuirks>> = {
	"by the book": {},
	"two items a page, exceptions first": { pageSize: 2, newestFirst: true },
	"empty pages, no sync token": { emptyPages: true, noSyncToken: true },
	"ids of its own": { ownIds: true },
	"exceptions that outlive their slots, 404 for what is deleted": { keepsStrays: true, deletedStatus: 404 },
	"412 for what is deleted": { deletedStatus: 412 },
};

for (const [name, quirks] of Object.entries(SIDES)) {
	providerContract(`Google (${name})`, async () => scripted(quirks), {
		propertyRuns: 25,
		moves: true,
		keepsDraftKeys: true,
		lacks: ["wrongInputs", "putBroken", "icalendar", ...(quirks.ownIds === true ? (["uniqueDrafts"] as const) : [])],
	});
}

const provider = googleProvider({ apiUrl: new URL("https://google.example.com") });

async function scripted(quirks: GoogleQuirks): Promise<ContractHarness> {
	let side = new GoogleSide(quirks);
	return {
		provider,
		http: (request) => side.http(request),
		comparable,
		async makeAccount() {
			side = new GoogleSide(quirks);
			const own = side;
			const calendar = (id: string) => {
				const found = own.calendars.get(id);
				if (found === undefined) throw new Error(`no calendar ${id}`);
				return found;
			};
			const idOf = (id: string, uid: string) => calendar(id).idOfUid(uid);
			return {
				input: {},
				tokens: own.tokens,
				wrongInputs: [],
				createCalendar: async (title) => own.addCalendar(title).id,
				deleteCalendar: async (id) => void own.calendars.delete(id),
				put: async (id, uid, ics) => calendar(id).put(idOf(id, uid), ics),
				remove: async (id, uid) => calendar(id).remove(idOf(id, uid) ?? ""),
				expireCursors: async (id) => {
					calendar(id).epoch++;
				},
				changeEtags: async (id) => calendar(id).touchAll(),
				revokeCredentials: async () => own.revoke(),
				write: {
					stored: async (id, resource) => {
						const event = calendar(id).get(resource);
						return event === null || event.status === "cancelled" ? null : `SUMMARY:${event.summary}`;
					},
					replace: async (id, resource, ics) => calendar(id).put(resource, ics),
					erase: async (id, resource) => calendar(id).remove(resource),
				},
			};
		},
	};
}

/** Google names what is created itself, and has a page of each event. */
function comparable(event: CalendarEvent): CalendarEvent {
	return { ...event, uid: "", html_link: null };
}
