import type { CalendarEvent } from "@kalends/model";
import { googleProvider } from "@kalends/providers";
import { type ContractHarness, nodeTransport, providerContract, seriesEdits } from "@kalends/providers/testing";
import { type Sandbox, startSandbox } from "@kalends/sandbox";
import { afterAll } from "vitest";
import { GoogleAccount } from "./support/google-account.ts";

/** Pages as Google may cut them; the rest of the suite goes for all of them alike. */
const PAGES: Readonly<Record<string, Partial<Sandbox["world"]["listing"]>>> = {
	"whole pages": {},
	"short pages, every second one empty": { pageCap: 3, emptyEvery: 2 },
};

for (const [name, listing] of Object.entries(PAGES)) {
	providerContract(`The sandbox's Google (${name})`, () => open(listing), {
		propertyRuns: 8,
		manyResources: 120,
		moves: true,
		keepsDraftKeys: true,
		lacks: ["wrongInputs", "putBroken", "icalendar"],
	});
}

const unlimited = { quotas: { perMinutePerUser: null, perMinutePerProject: null } };
const sandbox = await startSandbox(unlimited);
afterAll(() => sandbox.close());
let people = 0;

seriesEdits(
	"the sandbox's Google",
	async () => {
		people += 1;
		const account = new GoogleAccount(sandbox, `writer${people}@example.com`, "America/New_York");
		const token = account.token();
		const provider = googleProvider({ apiUrl: new URL(sandbox.url) });
		const context = {
			http: nodeTransport(),
			tokens: { get: async () => token },
			credentials: {},
			settings: {},
			now: () => Date.UTC(2026, 0, 1),
			random: () => 0.5,
			person: { email: account.email, name: null },
		};
		const [calendar] = (await provider.listCalendars(context)).calendars;
		if (calendar === undefined) throw new Error("there is no calendar");
		return { provider, calendar, context };
	},
	40,
);

async function open(listing: Partial<Sandbox["world"]["listing"]>): Promise<ContractHarness> {
	const sandbox = await startSandbox(unlimited);
	Object.assign(sandbox.world.listing, listing);
	let accounts = 0;
	return {
		provider: googleProvider({ apiUrl: new URL(sandbox.url) }),
		http: nodeTransport(),
		comparable,
		close: () => sandbox.close(),
		async makeAccount() {
			accounts += 1;
			const account = new GoogleAccount(sandbox, `person${accounts}@example.com`);
			const token = account.token();
			return {
				input: {},
				tokens: { get: async () => token },
				wrongInputs: [],
				createCalendar: (title) => account.createCalendar(title),
				deleteCalendar: (id) => account.deleteCalendar(id),
				put: (id, uid, ics) => account.put(id, uid, ics),
				remove: (id, uid) => account.remove(id, uid),
				expireCursors: async (id) => account.expireTokens(id),
				changeEtags: async (id) => account.changeEtags(id),
				revokeCredentials: async () => account.revoke(),
				write: {
					stored: async (id, resource) => {
						const title = await account.title(id, resource);
						return title === null ? null : `SUMMARY:${title}`;
					},
					replace: (id, resource, ics) => account.replace(id, resource, ics),
					erase: (id, resource) => account.erase(id, resource),
				},
			};
		},
	};
}

/** Google names what is created itself, and has a page of each event. */
function comparable(event: CalendarEvent): CalendarEvent {
	return { ...event, uid: "", html_link: null };
}
