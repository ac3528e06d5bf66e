import fc from "fast-check";
import { expect, test } from "vitest";
import { ProviderFailure } from "../port/failure.ts";
import { type Fixture, fixture } from "./fixture-events.ts";
import { Follower } from "./follower.ts";
import type { ContractAccount, ContractHarness, ContractOptions } from "./harness.ts";

/** What can happen between and during pulls. `uid` is a small number, so that operations meet. */
type Change =
	| { readonly type: "put"; readonly uid: number; readonly title: number; readonly override: number | null }
	| { readonly type: "remove"; readonly uid: number };

type Operation =
	| Change
	| { readonly type: "sync"; readonly trustVersion: boolean }
	| { readonly type: "sync_during"; readonly at: number; readonly change: Change }
	| { readonly type: "sync_cut"; readonly at: number }
	| { readonly type: "sync_stopped"; readonly after: number }
	| { readonly type: "restore_backup" }
	| { readonly type: "expire_cursors" }
	| { readonly type: "change_etags" };

const small = fc.integer({ min: 0, max: 5 });
const step = fc.integer({ min: 1, max: 5 });
const change: fc.Arbitrary<Change> = fc.oneof(
	{
		weight: 3,
		arbitrary: fc.record({
			type: fc.constant("put" as const),
			uid: small,
			title: small,
			override: fc.option(small),
		}),
	},
	{ weight: 2, arbitrary: fc.record({ type: fc.constant("remove" as const), uid: small }) },
);
const operation: fc.Arbitrary<Operation> = fc.oneof(
	{ weight: 6, arbitrary: change },
	{ weight: 3, arbitrary: fc.record({ type: fc.constant("sync" as const), trustVersion: fc.boolean() }) },
	{ weight: 2, arbitrary: fc.record({ type: fc.constant("sync_during" as const), at: step, change }) },
	{ weight: 1, arbitrary: fc.record({ type: fc.constant("sync_cut" as const), at: step }) },
	{ weight: 1, arbitrary: fc.record({ type: fc.constant("sync_stopped" as const), after: step }) },
	{ weight: 1, arbitrary: fc.constant({ type: "restore_backup" as const }) },
	{ weight: 1, arbitrary: fc.constant({ type: "expire_cursors" as const }) },
	{ weight: 1, arbitrary: fc.constant({ type: "change_etags" as const }) },
);

/** Whatever happens, a mirror built from pages alone equals the other side after each undisturbed sync. */
export function propertyTests(open: () => ContractHarness, options: ContractOptions): void {
	test("after any operations a mirror made of pages equals the calendar", { timeout: 300_000 }, async () => {
		await fc.assert(
			fc.asyncProperty(fc.array(operation, { minLength: 1, maxLength: 25 }), async (operations) => {
				const account = await open().makeAccount();
				const world = await makeWorld(open(), account, { equalEvents: !options.lacks?.includes("uids") });
				for (const each of operations) await world.perform(each);
				await world.perform({ type: "sync", trustVersion: false });
				await world.perform({ type: "sync", trustVersion: true });
			}),
			{ numRuns: options.propertyRuns ?? 25, endOnFailure: (options.propertyRuns ?? 25) < 10 },
		);
	});
}

/** Without `equalEvents` those of different UIDs have different titles. */
async function makeWorld(
	harness: ContractHarness,
	account: ContractAccount,
	{ equalEvents }: { readonly equalEvents: boolean },
) {
	const calendarId = await account.createCalendar("Property");
	const follower = await Follower.of(harness, account, calendarId);
	const truth = new Map<string, Fixture>();
	let backup = follower.snapshot();

	const apply = async (each: Change) => {
		const uid = `uid-${each.uid}`;
		if (each.type === "put") {
			const override = each.override === null ? {} : { override: `Override ${each.override}` };
			const title = equalEvents ? `Title ${each.title}` : `Title ${each.title} of ${uid}`;
			const made = fixture({ uid, title, ...override });
			await account.put(calendarId, uid, made.ics);
			truth.set(uid, made);
		} else if (truth.delete(uid)) {
			await account.remove(calendarId, uid);
		}
	};
	const agree = () =>
		expect(follower.lines).toEqual([...truth.values()].flatMap(({ expected }) => [...expected]).sort());

	const perform = async (each: Operation): Promise<void> => {
		switch (each.type) {
			case "put":
			case "remove":
				return await apply(each);
			case "sync":
				backup = follower.snapshot();
				await follower.sync({ trustVersion: each.trustVersion });
				return agree();
			case "sync_during":
				await follower.sync({ during: async (at) => (at === each.at ? apply(each.change) : undefined) });
				return;
			case "sync_cut":
				await follower.sync({ cutAt: each.at }).catch((error: unknown) => {
					if (!(error instanceof ProviderFailure)) throw error;
				});
				return;
			case "sync_stopped":
				await follower.sync({ stopAfter: each.after });
				return;
			case "restore_backup":
				return follower.restore(backup);
			case "expire_cursors":
				return await account.expireCursors?.(calendarId);
			case "change_etags":
				return await account.changeEtags?.(calendarId);
		}
	};
	return { perform };
}
