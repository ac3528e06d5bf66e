import { createHash, type Hash } from "node:crypto";
import { ProviderFailure } from "../port/failure.ts";
import { breathe } from "../shared/breathe.ts";

/** A stretch of the body; `unclosed` names the components that it leaves open, innermost last. */
export interface Stretch {
	readonly start: number;
	readonly end: number;
	readonly unclosed: readonly string[];
}

export interface ScannedEvent extends Stretch {
	/** What tells events of one group from others: the UID, or what a UID is made up of where there is none. */
	readonly key: string;
}

/** One VCALENDAR of the body. */
export interface ScannedCalendar {
	/** Lines of its own properties. */
	readonly header: Stretch[];
	readonly zones: (Stretch & { readonly tzid: string })[];
	readonly events: ScannedEvent[];
}

export interface ScannedFeed {
	readonly bytes: Uint8Array;
	readonly calendars: readonly ScannedCalendar[];
	/** Whether every VCALENDAR ended. */
	readonly isWhole: boolean;
	/** SHA-256 of the body without its DTSTAMP lines. */
	readonly digest: string;
}

/** Components that a VCALENDAR holds directly; where one begins inside another, that other never ended. */
const OUTER = new Set(["VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY", "VTIMEZONE", "VAVAILABILITY"]);
/** Of a feed; real ones hold a few thousand. */
const MAX_COMPONENTS = 100_000;
const BYTES_A_TURN = 128 * 1024;
/** Headers are kept in pieces of this size, so that a huge one can be left out in part. */
const HEADER_STRETCH = 4096;
const LF = 0x0a;
const SPACE = 0x20;
const TAB = 0x09;
const COLON = 0x3a;
const SEMICOLON = 0x3b;
const LETTER = { b: 0x62, d: 0x64, e: 0x65 };

/**
 * Finds the calendars, zones and events of a body without reading them: where they start and end, and which belong
 * together. Takes turns with the rest of the process.
 * @throws ProviderFailure too_large past 100,000 components
 */
export async function scanFeed(body: Uint8Array): Promise<ScannedFeed> {
	const scan = new FeedScan(toUtf8(body));
	while (!scan.step(BYTES_A_TURN)) await breathe();
	return scan.result();
}

function toUtf8(body: Uint8Array): Buffer {
	const little = body[0] === 0xff && body[1] === 0xfe;
	const big = body[0] === 0xfe && body[1] === 0xff;
	if (little || big) return Buffer.from(new TextDecoder(little ? "utf-16le" : "utf-16be").decode(body));
	return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
}

interface OpenComponent {
	readonly name: string;
	readonly start: number;
	/** Names of what is open, from the component itself inwards. */
	readonly open: string[];
	readonly said: Map<string, string>;
}

class FeedScan {
	readonly #bytes: Buffer;
	readonly #hash: Hash = createHash("sha256");
	readonly #calendars: ScannedCalendar[] = [];
	#calendar: ScannedCalendar | null = null;
	#component: OpenComponent | null = null;
	#at = 0;
	#hashed = 0;
	#components = 0;

	constructor(bytes: Buffer) {
		this.#bytes = bytes;
		if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) this.#at = 3;
	}

	/** Scans about so many bytes; true once all are scanned. */
	step(size: number): boolean {
		const until = Math.min(this.#at + size, this.#bytes.length);
		while (this.#at < until) {
			const end = this.#lineEnd(this.#at);
			this.#line(this.#at, end);
			this.#at = end;
		}
		const done = this.#at >= this.#bytes.length;
		this.#hashUpTo(this.#at);
		if (done && this.#component !== null) this.#close(this.#bytes.length);
		return done;
	}

	result(): ScannedFeed {
		return {
			bytes: this.#bytes,
			calendars: this.#calendars,
			isWhole: this.#calendars.length > 0 && this.#calendar === null,
			digest: this.#hash.digest("hex"),
		};
	}

	#line(start: number, end: number): void {
		// Few letters begin a line that matters, and most lines begin with another.
		const initial = (this.#bytes[start] ?? 0) | 0x20;
		const begun = initial === LETTER.b ? this.#markerName(start, end, "BEGIN:") : null;
		const ended = initial === LETTER.e ? this.#markerName(start, end, "END:") : null;
		if (begun !== null) this.#begin(begun, start);
		else if (ended !== null) this.#end(ended, start, end);
		else if (this.#component === null) this.#header(start, end);
		else if (KEY_INITIALS.has(initial)) this.#property(this.#component, start, end);
		if (initial === LETTER.d && this.#startsWith(start, "DTSTAMP")) {
			this.#hashUpTo(start);
			this.#hashed = end;
		}
	}

	#begin(name: string, start: number): void {
		if (name === "VCALENDAR") {
			if (this.#component !== null) this.#close(start);
			this.#calendar = { header: [], zones: [], events: [] };
			if (this.#calendars.push(this.#calendar) > MAX_COMPONENTS) throw tooMany();
		} else if (this.#calendar !== null) {
			if (this.#component !== null && OUTER.has(name)) this.#close(start);
			if (this.#component === null) this.#component = { name, start, open: [name], said: new Map() };
			else this.#component.open.push(name);
		}
	}

	#end(name: string, start: number, end: number): void {
		if (name === "VCALENDAR") {
			if (this.#component !== null) this.#close(start);
			this.#calendar = null;
		} else if (this.#component !== null) {
			const level = this.#component.open.lastIndexOf(name);
			if (level === -1) return;
			this.#component.open.length = level;
			if (level === 0) this.#close(end);
		}
	}

	/** Ends the open component; what it left open is closed by whoever copies it. */
	#close(end: number): void {
		const component = this.#component;
		this.#component = null;
		if (component === null || this.#calendar === null) return;
		const { name, start, open, said } = component;
		const stretch = { start, end, unclosed: open };
		if (++this.#components > MAX_COMPONENTS) throw tooMany();
		if (name === "VTIMEZONE") this.#calendar.zones.push({ ...stretch, tzid: said.get("TZID") ?? "" });
		if (name === "VEVENT") this.#calendar.events.push({ ...stretch, key: keyOf(said) });
	}

	/** Notes what a group is told by, of the component itself and not of its alarms. */
	#property(component: OpenComponent, start: number, end: number): void {
		if (component.open.length > 1) return;
		const name = KEY_NAMES.find((each) => this.#startsWith(start, each));
		if (name === undefined || component.said.has(name)) return;
		const after = this.#bytes[start + name.length];
		if (after === COLON || after === SEMICOLON) component.said.set(name, this.#valueAt(start, end));
	}

	#header(start: number, end: number): void {
		if (this.#calendar === null) return;
		const last = this.#calendar.header.at(-1);
		if (last?.end === start && end - last.start <= HEADER_STRETCH)
			this.#calendar.header[this.#calendar.header.length - 1] = { ...last, end };
		else this.#calendar.header.push({ start, end, unclosed: [] });
	}

	/** The value of the line unfolded, in latin1: compared, never shown. */
	#valueAt(start: number, end: number): string {
		let to = end;
		while (this.#bytes[to] === SPACE || this.#bytes[to] === TAB) to = this.#lineEnd(to);
		const line = this.#text(start, to).replace(/\r*\n[ \t]/g, "");
		return line.slice(line.indexOf(":") + 1).trim();
	}

	#markerName(start: number, end: number, marker: string): string | null {
		if (!this.#startsWith(start, marker)) return null;
		return this.#text(start + marker.length, end)
			.trim()
			.toUpperCase();
	}

	/** `expected` is upper case. */
	#startsWith(start: number, expected: string): boolean {
		for (let i = 0; i < expected.length; i++) {
			const byte = this.#bytes[start + i] ?? 0;
			const upper = byte >= 0x61 && byte <= 0x7a ? byte - 0x20 : byte;
			if (upper !== expected.charCodeAt(i)) return false;
		}
		return true;
	}

	#text(start: number, end: number): string {
		return this.#bytes.toString("latin1", start, end);
	}

	#lineEnd(start: number): number {
		const newline = this.#bytes.indexOf(LF, start);
		return newline === -1 ? this.#bytes.length : newline + 1;
	}

	#hashUpTo(end: number): void {
		if (end > this.#hashed) this.#hash.update(this.#bytes.subarray(this.#hashed, end));
		this.#hashed = Math.max(this.#hashed, end);
	}
}

const KEY_NAMES = ["UID", "DTSTART", "SUMMARY", "TZID"];
const KEY_INITIALS = new Set(KEY_NAMES.map((name) => name.charCodeAt(0) | 0x20));

/** Events without a UID get one made of these, so those that agree in them belong together. */
function keyOf(said: ReadonlyMap<string, string>): string {
	const uid = said.get("UID");
	return uid ? uid : `\u0000${said.get("DTSTART") ?? ""}\u0000${said.get("SUMMARY") ?? ""}`;
}

function tooMany(): ProviderFailure {
	const message = `the feed has more than ${MAX_COMPONENTS} components`;
	return new ProviderFailure("unavailable", { reason: "too_large", message });
}
