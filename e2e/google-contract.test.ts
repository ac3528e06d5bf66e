import type { CalendarEvent } from "@kalends/model";
import { googleProvider } from "@kalends/providers";
import { type ContractHarness, nodeTransport, providerContract } from "@kalends/providers/testing";
import { type Sandbox, startSandbox } from "@kalends/sandbox";
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
		lacks: ["wrongInputs", "putBroken", "icalendar"],
	});
}

async function open(listing: Partial<Sandbox["world"]["listing"]>): Promise<ContractHarness> {
	const sandbox = await startSandbox({ quotas: { perMinutePerUser: null, perMinutePerProject: null } });
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
