import { expect, test } from "vitest";
import { ProviderFailure } from "../port/failure.ts";
import type { KnownResources, ProviderContext, PullPage } from "../port/provider.ts";
import { providerContract } from "./contract.ts";
import { fixture } from "./fixture-events.ts";
import { memoryProvider } from "./memory-provider.ts";
import { nodeTransport } from "./node-transport.ts";

for (const pageSize of [250, 2]) {
	providerContract(
		`the in-memory provider with pages of ${pageSize}`,
		async () => {
			const { provider, control } = memoryProvider({ pageSize, moves: true });
			let accounts = 0;
			return {
				provider,
				http: nodeTransport(),
				async makeAccount() {
					const username = `person-${++accounts}`;
					return {
						input: control.addAccount(username, "secret-password"),
						wrongInputs: [{ username, password: "wrong" }, { username: "nobody", password: "secret-password" }, {}],
						createCalendar: async (name) => control.createCalendar(username, { name }),
						deleteCalendar: async (id) => control.deleteCalendar(id),
						put: async (id, uid, ics) => control.put(id, uid, ics),
						remove: async (id, uid) => control.remove(id, uid),
						putBroken: async (id, uid) => control.put(id, uid, "<html>not a calendar</html>"),
						expireCursors: async (id) => control.expireCursors(id),
						changeEtags: async (id) => control.changeEtags(id),
						write: {
							stored: async (id, resource) => control.resources(id).find((each) => each.id === resource)?.raw ?? null,
							replace: async (id, resource, ics) => control.put(id, resource, ics),
							erase: async (id, resource) => control.remove(id, resource),
							loseAnswer: (operation) => control.loseAnswer(operation),
						},
						revokeCredentials: async () => control.setPassword(username, "changed"),
					};
				},
			};
		},
		{ propertyRuns: 200, moves: true },
	);
}

async function setUp(pageSize: number) {
	const { provider, control } = memoryProvider({ pageSize });
	const input = control.addAccount("ada", "pw");
	const calendarId = control.createCalendar("ada");
	for (const uid of ["a", "b", "c"]) control.put(calendarId, uid, fixture({ uid, title: uid }).ics);
	const context: ProviderContext = {
		http: nodeTransport(),
		credentials: input,
		settings: {},
		now: Date.now,
		random: Math.random,
	};
	const known: KnownResources = { etags: async () => new Map(), bodies: async () => new Map() };
	const pull = async () => {
		const { calendars } = await provider.listCalendars(context);
		const [calendar] = calendars;
		if (calendar === undefined) throw new Error("no calendar");
		return provider.pull(calendar, null, known, context);
	};
	return { provider, control, context, pull, calendarId, input };
}

async function all(pages: AsyncIterable<PullPage>): Promise<PullPage[]> {
	return await Array.fromAsync(pages);
}

test("fails once where told, after as many pages as told", async () => {
	const { control, pull, provider, context, input } = await setUp(1);
	const down = new ProviderFailure("unavailable", { reason: "server_error", message: "down" });
	for (const operation of ["connect", "list"] as const) control.failNext(operation, down);
	await expect(provider.connect(input, context)).rejects.toBe(down);
	await expect(provider.listCalendars(context)).rejects.toBe(down);

	control.failNext("pull", down, 2);
	const pages: PullPage[] = [];
	const reading = (async () => {
		for await (const page of await pull()) pages.push(page);
	})();
	await expect(reading).rejects.toBe(down);
	expect(pages.map(({ cursor }) => cursor)).toEqual([null, null]);
	expect(await all(await pull())).toHaveLength(3);
});

test("holds a pull until it is released", async () => {
	const { control, pull } = await setUp(250);
	const gate = control.hold();
	let ended = false;
	const pulling = pull()
		.then(all)
		.then((pages) => {
			ended = true;
			return pages;
		});
	await gate.reached;
	expect(ended).toBe(false);
	gate.release();
	expect(await pulling).toHaveLength(1);
	expect(control.calls).toMatchObject({ connect: 0, list: 1, pull: 1 });
});

test("tells new names and refresh intervals", async () => {
	const { control, pull, provider, context, calendarId } = await setUp(250);
	control.changeCalendar(calendarId, { name: "Renamed", color: "#112233" });
	control.setRefreshAfter(3600);
	expect((await provider.listCalendars(context)).calendars).toMatchObject([{ name: "Renamed", color: "#112233" }]);
	expect((await all(await pull())).at(-1)?.refreshAfter).toBe(3600);
});
