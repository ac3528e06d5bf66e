import { sameContent } from "../../merge/same-content.ts";
import type { Bug } from "./bugs.ts";
import { cellsOf } from "./cells.ts";
import { Coverage } from "./coverage.ts";
import { Database, type Intent, type Row, recurrenceCell } from "./database.ts";
import { Oracle, Violation } from "./oracle.ts";
import { People } from "./people.ts";
import { Provider, type ProviderTraits } from "./provider.ts";
import { pull } from "./pull.ts";
import { Random } from "./random.ts";
import { type Asked, push } from "./worker.ts";
import { type Faults, sometimes, type World } from "./world.ts";

export interface Outcome {
	/** Of all that happened, in order. */
	readonly hash: string;
	readonly steps: number;
	readonly cover: Coverage;
}

export interface SimulationOptions {
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

type Task = Generator<string, void, void>;

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

	constructor(seed: number, { bug, onTrace }: SimulationOptions) {
		const random = new Random(seed);
		const oracle = new Oracle();
		const cover = new Coverage();
		const traits = drawTraits(random);
		const provider = new Provider(traits, oracle, cover);
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
			provider,
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
			for (const intent of db.intents.values()) if (intent.state === "failed") db.retry(intent);
			world.now += 3_600_000;
			this.finish(pull(world, db));
			for (;;) {
				const before = [...db.intents.values()];
				this.finish(push(world, db, this.asked));
				if (sameList(before, [...db.intents.values()])) break;
			}
			if (db.intents.size === 0 && world.underway.length === 0) break;
		}
		this.finish(pull(world, db));
	}

	check(): void {
		const { world, db } = this;
		const { provider, oracle } = world;
		const rows = [...db.rows.values()].filter(({ gone }) => !gone);
		const ids = rows.map(({ remoteId }) => remoteId);
		const there = provider.ids();
		if (new Set(ids).size !== ids.length) throw new Violation(`rows of one resource: ${ids.join()}`);
		if (ids.length !== there.length) throw new Violation(`${ids.length} rows of ${there.length} resources`);
		for (const row of rows) {
			const state = provider.read(row.remoteId ?? "");
			if (!sameContent(row.shown, state?.events ?? null)) throw new Violation(`${row.id} shows something else`);
			if (!sameContent(row.remote, state?.events ?? null)) throw new Violation(`${row.id} remembers something else`);
		}
		oracle.checkEdits(cellsOf(there.flatMap((id) => provider.read(id)?.events ?? [])));
		oracle.checkGivenUp(there.flatMap((id) => provider.read(id)?.events.map(({ uid }) => uid) ?? []));
		const { writes } = provider;
		const shown = JSON.stringify(rows);
		for (let cycle = 0; cycle < 2; cycle++) {
			world.now += 3_600_000;
			this.finish(pull(world, db));
			this.finish(push(world, db, this.asked));
		}
		if (provider.writes !== writes) throw new Violation("wrote although nothing had changed");
		if (JSON.stringify([...db.rows.values()]) !== shown) throw new Violation("changed although nothing had changed");
	}

	outcome(): Outcome {
		return { hash: this.hash.toString(16).padStart(16, "0"), steps: this.steps, cover: this.world.cover };
	}

	private step(): void {
		const { world, db } = this;
		const { random, faults, provider } = world;
		this.steps++;
		const action = random.weighted<() => void>([
			[8, () => this.personHere()],
			[6, () => this.personThere()],
			[24, () => this.runWorker()],
			[14, () => this.runPull()],
			[6, () => this.pass()],
			[3, () => world.underway.splice(random.int(world.underway.length), 1)[0]?.()],
			[30 * faults.kill, () => this.kill()],
			[30 * faults.churn, () => provider.churn(random.pick(provider.ids()))],
			[30 * faults.cursorExpiry, () => provider.expireCursors()],
			[3, () => this.mend()],
		]);
		action?.();
		db.signedIn ||= random.chance(0.1);
	}

	private personHere(): void {
		const { world, db, people } = this;
		const row = world.random.pick([...db.rows.values()].filter(({ shown }) => shown !== null));
		if (row === undefined || row.shown === null || world.random.chance(0.2)) {
			db.create(people.make(this.newUid()), null);
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
		if (row.remoteId !== null && this.remoteEdits.has(row.remoteId)) {
			sometimes(world, wanted === null ? "deleted on both sides" : "edited on both sides");
		}
		db.edit(row, wanted);
	}

	private splitHere(row: Row, { old, created }: NonNullable<ReturnType<People["split"]>>): void {
		this.world.trace(`here splits ${row.id}`);
		const split = { rowId: row.id, before: row.shown ?? old, after: old };
		const intent = this.db.edit(row, old);
		const cut = { uid: row.uid, recurrence: recurrenceCell(old, row.uid) };
		this.db.create(created, intent, { cut, split });
	}

	private personThere(): void {
		const { world, people } = this;
		const { random, provider } = world;
		const id = random.pick(provider.ids());
		const events = id === undefined ? null : (provider.read(id)?.events ?? null);
		if (id === undefined || events === null || random.chance(0.1)) {
			this.personThereCreates();
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
		this.remoteEdits.add(id);
		provider.personEdits(id, after);
		world.trace(`${provider.read(id)?.etag}`);
	}

	/** What we have just written is taken back, and a pull knows of it before we have our answer. */
	private undoAndPull(): void {
		const { world, db } = this;
		const { provider } = world;
		world.trace(`there undoes ${provider.lastWritten}`);
		sometimes(world, "undone there");
		provider.personUndoes(provider.lastWritten);
		this.finish(pull(world, db));
	}

	private personThereCreates(): void {
		this.world.provider.personCreates(this.people.make(this.newUid()));
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
			const { stores } = world.provider;
			workers[index] = task.next().done === true ? null : task;
			if (world.provider.stores > stores && random.chance(0.1)) this.undoAndPull();
		} while (hurry && workers[index] !== null);
	}

	private runPull(): void {
		const { world, db } = this;
		if (this.pulls.length === 0 || (this.pulls.length < 2 && world.random.chance(0.05)))
			this.pulls.push(pull(world, db));
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
		if (wanted === null || sameContent(wanted, row.shown)) db.retry(intent);
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

function drawTraits(random: Random): ProviderTraits {
	return {
		refusesSameKey: random.chance(0.7),
		etagInAnswers: random.chance(0.7),
		etagInListings: random.chance(0.85),
		rewrites: random.chance(0.5),
	};
}

const FULL: Faults = {
	requestLost: 0.1,
	answerLost: 0.15,
	duplicated: 0.1,
	delayed: 0.1,
	serverError: 0.1,
	rateLimited: 0.08,
	refused: 0.08,
	signedOut: 0.03,
	kill: 0.1,
	churn: 0.1,
	contention: 0.8,
	cursorExpiry: 0.05,
};

const NO_FAULTS: Faults = {
	requestLost: 0,
	answerLost: 0,
	duplicated: 0,
	delayed: 0,
	serverError: 0,
	rateLimited: 0,
	refused: 0,
	signedOut: 0,
	kill: 0,
	churn: 0,
	contention: 0,
	cursorExpiry: 0,
};

/** A random part of the faults, so that some seeds have few and reach far. */
function drawFaults(random: Random): Faults {
	const on = (chance: number): number => (random.chance(0.5) ? chance * (0.5 + random.next()) : 0);
	return {
		requestLost: on(FULL.requestLost),
		answerLost: on(FULL.answerLost),
		duplicated: on(FULL.duplicated),
		delayed: on(FULL.delayed),
		serverError: on(FULL.serverError),
		rateLimited: on(FULL.rateLimited),
		refused: on(FULL.refused),
		signedOut: on(FULL.signedOut),
		kill: on(FULL.kill),
		churn: on(FULL.churn),
		contention: random.chance(0.15) ? FULL.contention : 0,
		cursorExpiry: on(FULL.cursorExpiry),
	};
}
