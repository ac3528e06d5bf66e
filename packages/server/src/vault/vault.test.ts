import { randomBytes } from "node:crypto";
import { inspect } from "node:util";
import fc from "fast-check";
import { pino } from "pino";
import { describe, expect, test } from "vitest";
import { parseEnvelope, sealText } from "./envelope.ts";
import { createKeyring, generateKey, parseKeyring } from "./keyring.ts";
import type { SecretPlace } from "./place.ts";
import { equalInConstantTime } from "./timing-safe.ts";
import { createVault, Secret, type Vault, VaultError } from "./vault.ts";

const KEYS = [generateKey("k1"), generateKey("k2")];
const vault = createVault(parseKeyring(KEYS.join(",")));
const HOME: SecretPlace = { table: "connections", column: "credentials", userId: "usr_1", rowId: "con_1" };

function failureOf(work: () => unknown): string {
	try {
		work();
	} catch (error) {
		if (error instanceof VaultError) return error.code;
		throw error;
	}
	return "opened";
}

describe("an envelope", () => {
	test("opens to any text that was sealed", () => {
		fc.assert(
			fc.property(fc.string({ unit: "binary" }), (text) => {
				expect(vault.open(vault.seal(text, HOME), HOME).reveal()).toBe(text.toWellFormed());
			}),
		);
	});

	test("differs each time and shows nothing of its text", () => {
		const sealed = [vault.seal("correct horse", HOME), vault.seal("correct horse", HOME)];
		expect(sealed[0]).not.toEqual(sealed[1]);
		for (const envelope of sealed) expect(envelope.includes("correct")).toBe(false);
	});

	test("opens at its own place only: every pair of 50 rows and 2 columns swapped fails", () => {
		const places = Array.from({ length: 50 }, (_, row) =>
			["credentials", "webhook_secret"].map((column) => ({
				table: "connections",
				column,
				userId: `usr_${row % 7}`,
				rowId: `con_${row}`,
			})),
		).flat();
		const sealed = places.map((place, index) => ({ place, envelope: vault.seal(`secret ${index}`, place) }));
		const outcomes = new Map<string, number>();
		for (const from of sealed) {
			for (const to of sealed) {
				const outcome = failureOf(() => vault.open(from.envelope, to.place));
				const key = `${from === to ? "own place" : "other place"}: ${outcome}`;
				outcomes.set(key, (outcomes.get(key) ?? 0) + 1);
			}
		}
		expect(Object.fromEntries(outcomes)).toEqual({ "own place: opened": 100, "other place: damaged": 100 * 99 });
	});

	test.each(["table", "column", "userId", "rowId"] as const)("is bound to its %s", (part) => {
		const envelope = vault.seal("secret", HOME);
		expect(failureOf(() => vault.open(envelope, { ...HOME, [part]: `${HOME[part]}x` }))).toBe("damaged");
	});

	test("is bound to the parts of its place, not to their concatenation", () => {
		const envelope = vault.seal("secret", { ...HOME, userId: "usr_1", rowId: "2con" });
		expect(failureOf(() => vault.open(envelope, { ...HOME, userId: "usr_12", rowId: "con" }))).toBe("damaged");
	});

	test("fails for every flipped bit, and for every shorter or longer form", () => {
		const envelope = vault.seal("secret", HOME);
		for (let bit = 0; bit < envelope.length * 8; bit++) {
			const changed = Buffer.from(envelope);
			changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
			expect(failureOf(() => vault.open(changed, HOME))).not.toBe("opened");
		}
		for (let length = 0; length < envelope.length; length++) {
			expect(failureOf(() => vault.open(envelope.subarray(0, length), HOME))).not.toBe("opened");
		}
		expect(failureOf(() => vault.open(Buffer.concat([envelope, Buffer.of(0)]), HOME))).toBe("damaged");
	});

	test("fails for any bytes that are not an envelope", () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
				expect(failureOf(() => vault.open(bytes, HOME))).not.toBe("opened");
			}),
		);
	});

	test("with the commitment of another data key fails although both encryptions are sound", () => {
		const ours = vault.seal("secret", HOME);
		const other = parseEnvelope(vault.seal("secret", HOME));
		const offset = parseEnvelope(ours)?.commitment.byteOffset ?? 0;
		const changed = Buffer.from(ours);
		changed.set(other?.commitment ?? [], offset - ours.byteOffset);
		expect(changed).not.toEqual(ours);
		expect(failureOf(() => vault.open(changed, HOME))).toBe("damaged");
	});

	test("is bound to its key id: two keys with equal bytes are not interchangeable", () => {
		const key = randomBytes(32);
		const twins = createVault(
			createKeyring([
				{ id: "a1", key },
				{ id: "a2", key },
			]),
		);
		const envelope = twins.seal("secret", HOME);
		const renamed = Buffer.from(envelope);
		renamed.write("a2", 2);
		expect(twins.keyIdOf(renamed)).toBe("a2");
		expect(failureOf(() => twins.open(renamed, HOME))).toBe("damaged");
	});

	test("under a key that is gone says which key is wanted", () => {
		const envelope = vault.seal("secret", HOME);
		const other = createVault(parseKeyring(KEYS[1] ?? ""));
		expect(failureOf(() => other.open(envelope, HOME))).toBe("unknown_key");
		expect(() => other.open(envelope, HOME)).toThrow('the key "k1", which is not in KALENDS_KEYS');
	});
});

describe("re-wrapping", () => {
	const rotated: Vault = createVault(parseKeyring(KEYS.toReversed().join(",")));
	const afterwards: Vault = createVault(parseKeyring(KEYS[1] ?? ""));

	test.each([{ newDataKey: false }, { newDataKey: true }])("moves to the sealing key, %o", (options) => {
		const old = vault.seal("secret", HOME);
		const fresh = rotated.rewrap(old, HOME, options);
		expect([rotated.keyIdOf(old), rotated.keyIdOf(fresh)]).toEqual(["k1", "k2"]);
		expect(afterwards.open(fresh, HOME).reveal()).toBe("secret");
		const bodyKept = Buffer.from(parseEnvelope(fresh)?.body ?? []).equals(parseEnvelope(old)?.body ?? Buffer.of());
		expect(bodyKept).toBe(!options.newDataKey);
	});

	test.each([{ newDataKey: false }, { newDataKey: true }])(
		"never launders a damaged or moved envelope, %o",
		(options) => {
			const old = vault.seal("secret", HOME);
			const elsewhere = { ...HOME, rowId: "con_2" };
			expect(failureOf(() => rotated.rewrap(old, elsewhere, options))).toBe("damaged");
			const changed = Buffer.from(old);
			changed[old.length - 1] = (changed[old.length - 1] ?? 0) ^ 1;
			expect(failureOf(() => rotated.rewrap(changed, HOME, options))).toBe("damaged");
		},
	);
});

describe("a keyring", () => {
	test("seals with its first key and opens with all", () => {
		const ring = parseKeyring(KEYS.join(","));
		expect([ring.sealing.id, ...ring.keys.keys()]).toEqual(["k1", "k1", "k2"]);
		const second = ring.keys.get("k2");
		expect(second).toBeDefined();
		if (second !== undefined) expect(vault.open(sealText("old", HOME, second), HOME).reveal()).toBe("old");
	});

	test.each([
		["nothing", ""],
		["a short key", "k1:c2hvcnQ="],
		["no id", randomBytes(32).toString("base64")],
		["an id twice", `${KEYS[0]},${KEYS[0]}`],
	])("of %s is refused without repeating it", (_, text) => {
		const secret = text.split(":")[1] ?? "no key in it";
		expect(() => parseKeyring(text)).toThrow();
		try {
			parseKeyring(text);
		} catch (error) {
			expect(String(error)).not.toContain(secret);
		}
	});

	test("refuses malformed entries that did not come through the configuration", () => {
		expect(() => createKeyring([])).toThrow("holds no key");
		expect(() => createKeyring([{ id: "k1", key: randomBytes(16) }])).toThrow("not 32 bytes");
		expect(() => createKeyring([{ id: "k 1", key: randomBytes(32) }])).toThrow("not a key id");
		expect(() => generateKey("k,1")).toThrow("not a key id");
	});

	test("never prints its keys", () => {
		const key = randomBytes(32);
		const ring = createKeyring([{ id: "k1", key }]);
		const printed = inspect(ring, { depth: 9, showHidden: true }) + JSON.stringify([...ring.keys]);
		for (const encoding of ["base64", "hex", "latin1"] as const) expect(printed).not.toContain(key.toString(encoding));
	});
});

describe("a secret", () => {
	const secret = new Secret("hunter2");
	const { stream, lines } = captured();

	test("is redacted wherever it is printed", () => {
		pino({}, stream).info(
			{ secret, nested: { list: [secret] }, error: new Error(`no ${secret}`) },
			"with %s and %o",
			secret,
			secret,
		);
		const prints = [
			String(secret),
			`${secret}`,
			`${[secret]}`,
			JSON.stringify({ secret }),
			inspect({ secret }, { showHidden: true, depth: 9 }),
			inspect(new Map([["secret", secret]])),
			JSON.stringify(structuredClone(secret)),
			Object.entries(secret).join(),
			lines.join(),
		];
		expect(prints.join()).toContain("[redacted]");
		expect(lines).toHaveLength(1);
		for (const print of prints) expect(print).not.toContain("hunter2");
	});

	test("is revealed by name only, and its type is not comparable with text", () => {
		expect(secret.reveal()).toBe("hunter2");
		// @ts-expect-error comparing a secret with === does not compile
		expect(secret === "hunter2").toBe(false);
	});
});

test("constant-time comparison", () => {
	fc.assert(
		fc.property(fc.uint8Array(), fc.uint8Array(), (left, right) => {
			expect(equalInConstantTime(left, right)).toBe(Buffer.compare(left, right) === 0);
			expect(equalInConstantTime(left, Uint8Array.from(left))).toBe(true);
		}),
	);
	expect(equalInConstantTime("token", "token")).toBe(true);
	expect(equalInConstantTime("token", "tokens")).toBe(false);
	expect(equalInConstantTime("", "t")).toBe(false);
	expect(equalInConstantTime("é", Buffer.from("é"))).toBe(true);
});

function captured(): { stream: { write(line: string): void }; lines: string[] } {
	const lines: string[] = [];
	return { stream: { write: (line) => void lines.push(line) }, lines };
}

describe("a proof", () => {
	const [first = "", second = ""] = KEYS;
	const of = (...keys: string[]) => createVault(parseKeyring(keys.join(",")));

	test("is of this text, this purpose and this server's keys alone", () => {
		const proof = vault.prove("text", "one");
		expect(proof).toMatch(/^[\w-]{43}$/);
		expect(vault.isProven("text", "one", proof)).toBe(true);
		expect(vault.isProven("texts", "one", proof)).toBe(false);
		expect(vault.isProven("text", "other", proof)).toBe(false);
		expect(of(generateKey("k1")).isProven("text", "one", proof)).toBe(false);
	});

	test("stands while its key is in the keyring, also where another seals now", () => {
		const proof = of(first).prove("text", "one");
		expect(of(second, first).isProven("text", "one", proof)).toBe(true);
		expect(of(second).isProven("text", "one", proof)).toBe(false);
	});
});
