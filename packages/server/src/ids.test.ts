import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isId, newId, pooled } from "./ids.ts";

describe("newId", () => {
	it("is the UUIDv7 in base32", () => {
		const now = Date.parse("2026-12-01T12:00:00Z");
		const id = newId("evt", now, (size) => new Uint8Array(size).fill(0xff));
		const digits = id.slice(4).split("");
		const number = digits.reduce(
			(sum, digit) => sum * 32n + BigInt("0123456789abcdefghjkmnpqrstvwxyz".indexOf(digit)),
			0n,
		);
		expect(number >> 80n).toBe(BigInt(now));
		expect((number >> 76n) & 15n).toBe(7n);
		expect((number >> 62n) & 3n).toBe(2n);
		expect(isId("evt", id)).toBe(true);
		expect(isId("cal", id)).toBe(false);
	});

	it("sorts by time", () => {
		fc.assert(
			fc.property(fc.nat(2 ** 47), fc.integer({ min: 1, max: 1e9 }), (at, later) => {
				expect(newId("evt", at, randomBytes) < newId("evt", at + later, randomBytes)).toBe(true);
			}),
		);
	});
});

describe("pooled", () => {
	it("gives every byte of the source once, in order", () => {
		let next = 0;
		const source = (size: number) => Uint8Array.from({ length: size }, () => next++ & 0xff);
		const take = pooled(source);
		const taken = Array.from({ length: 2_000 }, () => [...take(7)]).flat();
		const perPool = Math.floor(8_192 / 7) * 7;
		expect(taken.slice(0, perPool)).toEqual(Array.from({ length: perPool }, (_, index) => index & 0xff));
		expect(taken[perPool]).toBe(8_192 & 0xff);
	});

	it("serves more than a pool at once", () => {
		expect(pooled(randomBytes)(10_000)).toHaveLength(10_000);
	});
});
