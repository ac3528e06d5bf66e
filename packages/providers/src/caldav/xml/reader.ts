import { SaxesParser, type SaxesTagNS } from "saxes";
import { ProviderFailure } from "../../port/failure.ts";
import type { XmlName } from "./names.ts";

export interface XmlElement extends XmlName {
	readonly attributes: Readonly<Record<string, string>>;
	/** The character data directly inside, CDATA sections included. */
	readonly text: string;
	readonly children: readonly XmlElement[];
}

export interface XmlLimits {
	/** Characters of the whole document. */
	readonly characters: number;
	readonly depth: number;
	/** Elements of the whole document. */
	readonly elements: number;
	/** Elements inside one child of the root. */
	readonly elementsPerChild: number;
	readonly attributesPerElement: number;
}

export const DEFAULT_LIMITS: XmlLimits = {
	characters: 512 * 1024 * 1024,
	depth: 64,
	elements: 20_000_000,
	elementsPerChild: 50_000,
	attributesPerElement: 256,
};

/**
 * Numeric character references are honest where servers escape line ends (one a line) or text that is not ASCII;
 * past this many, and this dense, they are an attack on the parser's time.
 */
const REFERENCES_FREE = 100_000;
const REFERENCE_EVERY = 16;

/** Characters that XML forbids but servers pass on from what a client stored: they must not cost the whole calendar. */
const TOLERATED = /disallowed character\.$|undefined entity\.$/;

interface OpenElement {
	readonly ns: string;
	readonly local: string;
	readonly attributes: Record<string, string>;
	text: string;
	readonly children: XmlElement[];
}

/**
 * A streaming, namespace-aware reader that hands out the children of the root as they end, each as a small tree.
 * Refuses DOCTYPE (so no entity is ever defined or fetched) and whatever passes the limits.
 * Every fault is thrown as a `ProviderFailure` with `malformed_answer`, `too_large` or, where the text ends before
 * its root does, `incomplete_answer`.
 */
export class XmlReader {
	/** The root's name, once its start was read. */
	root: XmlName | null = null;
	readonly #limits: XmlLimits;
	readonly #parser = new SaxesParser({ xmlns: true, position: false });
	readonly #open: OpenElement[] = [];
	#finished: XmlElement[] = [];
	#depth = 0;
	#ended = false;
	#started = false;
	#characters = 0;
	#references = 0;
	#elements = 0;
	#elementsInChild = 0;
	#attributes = 0;

	constructor(limits: Partial<XmlLimits> = {}) {
		this.#limits = { ...DEFAULT_LIMITS, ...limits };
		const parser = this.#parser;
		parser.on("doctype", () => refuse("the answer has a DOCTYPE, which is not accepted"));
		parser.on("error", (error) => {
			if (!TOLERATED.test(error.message)) refuse(`the answer is not well-formed XML: ${error.message}`);
		});
		parser.on("opentagstart", () => this.#startElement());
		parser.on("attribute", () => this.#countAttribute());
		parser.on("opentag", (tag) => this.#openElement(tag));
		parser.on("closetag", () => this.#closeElement());
		parser.on("text", (text) => this.#addText(text));
		parser.on("cdata", (text) => this.#addText(text));
	}

	/** The children of the root that ended within this piece. */
	write(piece: string): readonly XmlElement[] {
		let text = piece;
		if (!this.#started) {
			text = piece.replace(/^[\s\uFEFF]+/, "");
			if (text === "") return [];
			this.#started = true;
		}
		this.#countCharacters(text);
		this.#parser.write(text);
		return this.#take();
	}

	/** Call once, when the text has ended. */
	end(): readonly XmlElement[] {
		if (!this.#ended) {
			const message = this.#started ? "the answer ends in the middle" : "the answer is empty";
			throw new ProviderFailure("unavailable", { reason: "incomplete_answer", message });
		}
		this.#parser.close();
		return this.#take();
	}

	#take(): readonly XmlElement[] {
		const finished = this.#finished;
		if (finished.length > 0) this.#finished = [];
		return finished;
	}

	#startElement(): void {
		this.#attributes = 0;
		if (++this.#depth > this.#limits.depth) refuse(`the answer is nested deeper than ${this.#limits.depth} elements`);
		if (++this.#elements > this.#limits.elements) tooLarge(`the answer has over ${this.#limits.elements} elements`);
		if (this.#depth === 2) this.#elementsInChild = 0;
		if (++this.#elementsInChild > this.#limits.elementsPerChild) {
			refuse(`one part of the answer has over ${this.#limits.elementsPerChild} elements`);
		}
	}

	#countAttribute(): void {
		if (++this.#attributes > this.#limits.attributesPerElement)
			refuse("an element of the answer has too many attributes");
	}

	#openElement(tag: SaxesTagNS): void {
		if (this.#depth === 1) {
			this.root = { ns: tag.uri, local: tag.local };
			return;
		}
		const attributes: Record<string, string> = {};
		for (const each of Object.values(tag.attributes)) attributes[each.local] = each.value;
		this.#open.push({ ns: tag.uri, local: tag.local, attributes, text: "", children: [] });
	}

	#closeElement(): void {
		this.#depth--;
		const closed = this.#open.pop();
		if (closed === undefined) {
			this.#ended = true;
			return;
		}
		const parent = this.#open.at(-1);
		if (parent === undefined) this.#finished.push(closed);
		else parent.children.push(closed);
	}

	#addText(text: string): void {
		const current = this.#open.at(-1);
		if (current !== undefined) current.text += text;
	}

	#countCharacters(text: string): void {
		this.#characters += text.length;
		if (this.#characters > this.#limits.characters) {
			tooLarge(`the answer is longer than ${this.#limits.characters} characters`);
		}
		for (let at = text.indexOf("&#"); at !== -1; at = text.indexOf("&#", at + 2)) this.#references++;
		if (this.#references > REFERENCES_FREE && this.#references * REFERENCE_EVERY > this.#characters) {
			refuse("the answer consists of numeric character references");
		}
	}
}

/** The first child of that name. */
export function child(element: XmlElement | undefined, name: XmlName): XmlElement | undefined {
	return element?.children.find((each) => each.local === name.local && each.ns === name.ns);
}

function refuse(message: string): never {
	throw new ProviderFailure("unavailable", { reason: "malformed_answer", message });
}

function tooLarge(message: string): never {
	throw new ProviderFailure("unavailable", { reason: "too_large", message });
}
