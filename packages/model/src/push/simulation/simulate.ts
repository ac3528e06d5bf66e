import type { CalendarEvent } from "../../event/event.ts";
import { sameContent } from "../../merge/same-content.ts";
import { checkAgreement } from "./agreement.ts";
import type { Bug } from "./bugs.ts";
import { ourUid } from "./cells.ts";
import { Coverage } from "./coverage.ts";
import { Database } from "./database.ts";
import { moveRow } from "./moving.ts";
import { Oracle, Violation } from "./oracle.ts";
import { People } from "./people.ts";
import { Account, type Provider } from "./provider.ts";
import { pull, pullAll } from "./pull.ts";
import { Random } from "./random.ts";
import { retryIntent } from "./refusing.ts";
import { type Calendar, type Intent, type Row, recurrenceCell } from "./rows.ts";
import { drawFaults, drawMovingTraits, drawTraits, NO_FAULTS } from "./traits.ts";
import { type Asked, push } from "./worker.ts";
import { sometimes, type World } from "./world.ts";

export interface Outcome {
	/** Of all that happened, in order. */
	readonly hash: string;
	readonly steps: number;
	readonly cover: Coverage;
}

export interface SimulationOptions {
	/** Has the account several calendars, between which people move events? */
	readonly moves?: boolean;
	/** Makes this mistake on purpose. */
	readonly bug?: Bug;
	/** Called with each line of the trace. */
	readonly onTrace?: (line: string) => void;
}

/** Rounds without faults in which everything has to come to rest. */
const ROUNDS = 60;

/**
 * One run: people on both sides edit, two workers push and pulls come in, in an order and with faults that the seed
 * decides, over the same planning functions as the server. Then the faults end, and all has to agree.
 * @throws Violation where an invariant does not hold
 */
export function simulate(seed: number, options: SimulationOptions = {}): Outcome {
	const simulation = new Simulation(seed, options);
	simulation.storm();
	simulation.calm();
	simulation.check();
	return simulation.outcome();
}

type Task = Generator<string, unknown, void>;

class Simulation {
	private readonly world: World;
	private readonly db: Database;
	private readonly people: People;
	private readonly workers: (Task | null)[] = [null, null];
	private pulls: Task[] = [];
	private readonly asked: Asked = { until: 0 };
	private readonly remoteEdits = new Set<string>();
	private uids = 0;
	private hash = 0xcbf29ce484222325n;
	private steps = 0;

	constructor(seed: number, { bug, onTrace, moves = false }: SimulationOptions) {
		const random = new Random(seed);
		const cover = new Coverage();
		const traits = moves ? drawMovingTraits(random) : drawTraits(random);
		const oracle = new Oracle(traits.rewrites);
		const ids = moves ? ["a", "b", ...(random.chance(0.6) ? ["c"] : [])] : [""];
		const account = new Account(ids, traits, oracle, cover);
		const trace = (line: string): void => {
			for (let at = 0; at < line.length; at++) {
				this.hash = BigInt.asUintN(64, (this.hash ^ BigInt(line.charCodeAt(at))) * 0x100000001b3n);
			}
			onTrace?.(line);
		};
		const faults = drawFaults(random);
		this.world = {
			seed,
			random,
			oracle,
			account,
			traits,
			cover,
			bug: bug ?? null,
			faults,
			now: 0,
			underway: [],
			trace,
		};
		this.db = new Database(this.world);
		this.people = new People(random);
		trace(JSON.stringify({ seed, traits, faults }));
	}

	/** Faults on. */
	storm(): void {
		const { random } = this.world;
		for (let count = 1 + random.int(3); count > 0; count--) this.personThereCreates();
		const steps = 60 + random.int(120);
		for (let step = 0; step < steps; step++) this.step();
	}

	/** Faults off: everything has to come to rest. */
	calm(): void {
		const { world, db } = this;
		world.faults = NO_FAULTS;
		world.trace("calm");
		for (let round = 0; ; round++) {
			if (round === ROUNDS) throw new Violation(`not at rest: ${[...db.intents.values()].map(describe).join("; ")}`);
			db.signedIn = true;
			while (world.underway.length > 0) world.underway.shift()?.();
			for (const intent of db.intents.values()) if (intent.state === "failed") retryIntent(db, intent);
			world.now += 3_600_000;
			this.finish(this.newPull());
			for (;;) {
				const before = [...db.intents.values()];
				this.finish(push(world, db, this.asked));
				if (sameList(before, [...db.intents.values()])) break;
			}
			if (db.intents.size === 0 && world.underway.length === 0) break;
		}
		this.finish(this.newPull());
	}

	check(): void {
		const { world, db } = this;
		const { account } = world;
		checkAgreement(world, db);
		const { writes } = account;
		const shown = this.allRows();
		for (let cycle = 0; cycle < 2; cycle++) {
			world.now += 3_600_000;
			this.finish(this.newPull());
			this.finish(push(world, db, this.asked));
		}
		if (account.writes !== writes) throw new Violation("wrote although nothing had changed");
		if (this.allRows() !== shown) throw new Violation("changed although nothing had changed");
	}

	private allRows(): string {
		return JSON.stringify([...this.db.rows.values()].map(({ calendar, ...row }) => [calendar.id, row]));
	}

	outcome(): Outcome {
		return { hash: this.hash.toString(16).padStart(16, "0"), steps: this.steps, cover: this.world.cover };
	}

	private step(): void {
		const { world, db } = this;
		const { random, faults } = world;
		this.steps++;
		const action = random.weighted<() => void>([
			[8, () => this.personHere()],
			[6, () => this.personThere()],
			[24, () => this.runWorker()],
			[14, () => this.runPull()],
			[6, () => this.pass()],
			[3, () => world.underway.splice(random.int(world.underway.length), 1)[0]?.()],
			[30 * faults.kill, () => this.kill()],
			[30 * faults.churn, () => this.churn()],
			[30 * faults.cursorExpiry, () => this.anyCalendar().provider.expireCursors()],
			[3, () => this.mend()],
		]);
		action?.();
		db.signedIn ||= random.chance(0.1);
	}

	private churn(): void {
		const { provider } = this.anyCalendar();
		provider.churn(this.world.random.pick(provider.ids()));
	}

	private anyCalendar(): Calendar {
		const { calendars, moves } = this.db;
		const calendar = moves ? this.world.random.pick(calendars) : calendars[0];
		if (calendar === undefined) throw new Error("no calendar");
		return calendar;
	}

	private createHere(calendar: Calendar, events: readonly CalendarEvent[]): void {
		this.world.oracle.localEdit("create", calendar.provider.cells(null), calendar.provider.cells(events));
		this.db.create(calendar, events);
	}

	private moveHere(row: Row, shown: readonly CalendarEvent[]): void {
		const { world, db, people } = this;
		const target = world.random.pick(db.calendars.filter((one) => one !== row.calendar));
		if (target === undefined) return;
		const events = world.random.chance(0.2) ? people.edit(shown) : null;
		moveRow(db, row, target, events ?? shown, this.newUid());
	}

	private personHere(): void {
		const { world, db, people } = this;
		const row = world.random.pick([...db.rows.values()].filter(({ shown }) => shown !== null));
		if (row === undefined || row.shown === null || world.random.chance(0.2)) {
			this.createHere(this.anyCalendar(), people.make(this.newUid()));
			return;
		}
		if (db.moves && world.random.chance(0.5)) {
			this.moveHere(row, row.shown);
			return;
		}
		if (world.random.chance(0.15)) {
			const newUid = this.newUid();
			const split = people.split(row.shown, newUid);
			if (split !== null) {
				this.splitHere(row, split);
				return;
			}
		}
		const wanted = people.edit(row.shown);
		if (sameContent(wanted, row.shown)) return;
		world.trace(`here ${wanted === null ? "deletes" : "edits"} ${row.id}`);
		const isEdited = row.remoteId !== null && this.remoteEdits.has(row.calendar.provider.nameOf(row.remoteId));
		if (isEdited) {
			sometimes(world, wanted === null ? "deleted on both sides" : "edited on both sides");
		}
		db.edit(row, wanted);
	}

	private splitHere(row: Row, { old, created }: NonNullable<ReturnType<People["split"]>>): void {
		this.world.trace(`here splits ${row.id}`);
		const split = { rowId: row.id, before: row.shown ?? old, after: old };
		const intent = this.db.edit(row, old);
		const uid = ourUid(row.uid);
		const cut = { uid, recurrence: recurrenceCell(old, uid) };
		const { cells } = { cells: (events: typeof old | null) => row.calendar.provider.cells(events) };
		this.world.oracle.localEdit("create", cells(null), cells(created));
		this.db.create(row.calendar, created, { waitsFor: intent?.id ?? null, cut, split });
	}

	private personThere(): void {
		const { world, people } = this;
		const { random } = world;
		const { provider } = this.anyCalendar();
		// Nobody there edits what is half made.
		const id = random.pick(provider.ids().filter((one) => provider.read(one)?.unfinished === false));
		const events = id === undefined ? null : (provider.read(id)?.events ?? null);
		if (id === undefined || events === null || random.chance(0.1)) {
			this.personThereCreates();
			return;
		}
		if (world.traits.moves && random.chance(world.faults.churn) && this.isSettled(provider, id)) {
			this.moveThere(provider, id);
			return;
		}
		if (random.chance(0.1)) {
			world.trace(`there undoes ${id}`);
			sometimes(world, "undone there");
			provider.personUndoes(id);
			return;
		}
		const after = random.chance(0.2) ? people.respond(events) : people.edit(events);
		if (after === null && random.chance(0.3)) return;
		world.trace(`there ${after === null ? "deletes" : "edits"} ${id}`);
		this.remoteEdits.add(provider.nameOf(id));
		provider.personEdits(id, after);
		world.trace(`${provider.read(id)?.etag}`);
	}

	/**
	 * Nobody there moves on what we have made and not heard of, or have begun to move: what cannot be found where it was
	 * made is made once more, and what left and came back is hidden until it changes.
	 */
	private isSettled(provider: Provider, id: string): boolean {
		const { rows, intents } = this.db;
		const isKnown = [...rows.values()].some((row) => row.calendar.provider === provider && row.remoteId === id);
		const moving = [...intents.values()].flatMap((intent) => {
			if (intent.move?.role === "arrives") return [intent.move.resource];
			return intent.move?.role === "leaves" ? [this.db.rowOf(intent).remoteId] : [];
		});
		return isKnown && !moving.includes(id);
	}

	private moveThere(provider: Provider, id: string): void {
		const { world, db } = this;
		const target = world.random.pick(db.calendars.filter((one) => one.provider !== provider));
		if (target === undefined) return;
		world.trace(`there moves ${id} to ${target.id}`);
		sometimes(world, "moved there");
		provider.personMoves(id, target.provider);
	}

	/** What we have just written is taken back, and a pull knows of it before we have our answer. */
	private undoAndPull(): void {
		const { world } = this;
		const { lastWritten } = world.account;
		world.trace(`there undoes ${lastWritten?.id}`);
		sometimes(world, "undone there");
		lastWritten?.calendar.personUndoes(lastWritten.id);
		this.finish(this.newPull());
	}

	private newPull(): Task {
		const { world, db } = this;
		return db.moves ? pullAll(world, db) : pull(world, db, this.anyCalendar());
	}

	private personThereCreates(): void {
		this.anyCalendar().provider.personCreates(this.people.make(this.newUid()));
	}

	private newUid(): string {
		return `u${++this.uids}`;
	}

	private runWorker(): void {
		const { world, db, workers } = this;
		const { random } = world;
		const index = random.int(workers.length);
		const task = workers[index] ?? push(world, db, this.asked);
		const hurry = random.chance(0.1);
		do {
			const { stores } = world.account;
			workers[index] = task.next().done === true ? null : task;
			if (world.account.stores > stores && random.chance(0.1)) this.undoAndPull();
		} while (hurry && workers[index] !== null);
	}

	private runPull(): void {
		const { world } = this;
		if (this.pulls.length === 0 || (this.pulls.length < 2 && world.random.chance(0.05)))
			this.pulls.push(this.newPull());
		const task = world.random.pick(this.pulls);
		if (task?.next().done === true) this.pulls = this.pulls.filter((one) => one !== task);
	}

	private pass(): void {
		const { random } = this.world;
		this.world.now += 1000 * (random.chance(0.3) ? 60 + random.int(240) : random.int(30));
	}

	private kill(): void {
		const { world } = this;
		if (world.random.chance(0.3)) {
			if (this.pulls.length > 0) sometimes(world, "pull killed");
			this.pulls = [];
			return;
		}
		const index = world.random.int(this.workers.length);
		if (this.workers[index] !== null) sometimes(world, "worker killed");
		this.workers[index] = null;
	}

	/** A person retries what was refused, or edits it. */
	private mend(): void {
		const { world, db, people } = this;
		const failed = [...this.db.intents.values()].filter(
			({ state, waitsFor }) => state === "failed" && waitsFor === null,
		);
		const intent = world.random.pick(failed);
		if (intent === undefined) return;
		const row = db.rowOf(intent);
		const wanted = row.shown === null || world.random.chance(0.5) ? null : people.edit(row.shown);
		if (wanted === null || sameContent(wanted, row.shown)) retryIntent(db, intent);
		else db.edit(row, wanted);
	}

	private finish(task: Task): void {
		for (const _ of task) this.steps++;
	}
}

function describe({ id, kind, state, attempts, waitsFor }: Intent): string {
	return `${id} ${kind} ${state} after ${attempts}${waitsFor === null ? "" : `, waits for ${waitsFor}`}`;
}

function sameList(a: readonly unknown[], b: readonly unknown[]): boolean {
	return a.length === b.length && a.every((one, index) => one === b[index]);
}
