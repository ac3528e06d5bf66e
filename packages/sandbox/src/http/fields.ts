import { isObject, type Json, type JsonObject } from "../json.ts";
import { invalidParameter } from "./google-error.ts";

/** A partial response: the members that are kept, and of each what is kept of it; null: all of it. */
type Mask = ReadonlyMap<string, Mask | null>;

/**
 * Reads the `fields` parameter: `a,b/c,d(e,f)`, `*` for every member.
 *
 * @throws GoogleError 400 `invalidParameter` where it is no mask
 */
export function parseFields(text: string): Mask {
	let at = 0;
	const fail = (): never => {
		throw invalidParameter("fields", `Invalid field selection ${text}`);
	};
	const list = (): Mask => {
		const mask = new Map<string, Mask | null>();
		for (;;) {
			const [name, inner] = member();
			const known = mask.get(name);
			// A member named twice keeps what either names.
			if (known === null || inner === null) mask.set(name, null);
			else mask.set(name, known === undefined ? inner : new Map([...known, ...inner]));
			if (text[at] !== ",") return mask;
			at += 1;
		}
	};
	const member = (): readonly [string, Mask | null] => {
		const name = /^(?:\*|[A-Za-z][\w-]*)/.exec(text.slice(at))?.[0] ?? fail();
		at += name.length;
		if (text[at] === "/") {
			at += 1;
			return [name, new Map([member()])];
		}
		if (text[at] !== "(") return [name, null];
		at += 1;
		const inner = list();
		if (text[at] !== ")") fail();
		at += 1;
		return [name, inner];
	};
	const mask = list();
	if (at !== text.length) fail();
	return mask;
}

/** Known members of a resource; `*` stands for any name; null ends in something without known members. */
export type Shape = { readonly [name: string]: Shape | null };

/** @throws GoogleError 400 `invalidParameter` where the mask names what the resource does not have */
export function checkFields(mask: Mask, shape: Shape): void {
	for (const [name, inner] of mask) {
		if (name === "*") {
			if (inner !== null) for (const member of Object.values(shape)) if (member !== null) checkFields(inner, member);
			continue;
		}
		const known = Object.hasOwn(shape, name) ? shape[name] : shape["*"];
		if (known === undefined || (known === null && inner !== null)) {
			throw invalidParameter("fields", `Invalid field selection ${name}`);
		}
		if (known !== null && inner !== null) checkFields(inner, known);
	}
}

/** What the mask keeps of a value. */
export function applyFields(value: Json, mask: Mask): Json {
	if (Array.isArray(value)) return value.map((item: Json) => applyFields(item, mask));
	if (!isObject(value)) return value;
	const kept: Record<string, Json | undefined> = {};
	for (const [name, inner] of mask) {
		for (const key of name === "*" ? Object.keys(value) : [name]) {
			const member = value[key];
			if (member !== undefined) kept[key] = inner === null ? member : applyFields(member, inner);
		}
	}
	return kept satisfies JsonObject;
}
