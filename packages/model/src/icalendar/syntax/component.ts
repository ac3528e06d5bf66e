import { type ContentLine, parseContentLine } from "./content-line.ts";
import { foldLine } from "./lines.ts";

/** A component with its properties and sub-components in file order (RFC 5545 §3.6). */
export interface Component {
	/** Upper case. */
	readonly name: string;
	readonly properties: readonly ContentLine[];
	readonly components: readonly Component[];
}

export interface TreeLimits {
	readonly maxComponents: number;
	readonly maxDepth: number;
	/** What a component has beyond is left out of it; the others pass the limit for the whole file. */
	readonly maxPropertiesPerComponent: number;
	/** Characters of an unfolded line. */
	readonly maxLineLength: number;
}

/** Generous for real calendars (inline attachments are single lines of megabytes), fatal for bombs. */
export const DEFAULT_LIMITS: TreeLimits = {
	maxComponents: 250_000,
	maxDepth: 16,
	maxPropertiesPerComponent: 20_000,
	maxLineLength: 32 * 1024 * 1024,
};

export interface ComponentTree {
	readonly roots: readonly Component[];
	/** Names of the components that the end of the file left open, outermost first. */
	readonly unclosed: readonly string[];
	readonly warnings: readonly string[];
	/** Properties that were left out, as their component has too many. */
	readonly dropped: number;
	/** The sentence that says which limit was passed; reading stopped there. */
	readonly limit: string | null;
}

interface OpenComponent extends Component {
	readonly properties: ContentLine[];
	readonly components: OpenComponent[];
}

const MAX_WARNINGS = 100;

/**
 * Builds the component tree of unfolded lines. Never throws and never recurses: what cannot be placed becomes a
 * warning, an END that skips levels closes them, and passing a limit stops reading.
 */
export function buildTree(lines: Iterable<string>, limits: TreeLimits = DEFAULT_LIMITS): ComponentTree {
	const roots: OpenComponent[] = [];
	const stack: OpenComponent[] = [];
	const warnings: string[] = [];
	const warn = (sentence: string) => {
		if (warnings.length < MAX_WARNINGS) warnings.push(sentence);
	};
	let dropped = 0;
	const end = (limit: string | null): ComponentTree => {
		if (dropped > 0) {
			warn(`${dropped} properties were left out: a component has at most ${limits.maxPropertiesPerComponent}.`);
		}
		return { roots, unclosed: stack.map((open) => open.name), warnings, dropped, limit };
	};
	let count = 0;
	for (const text of lines) {
		if (text.length > limits.maxLineLength) return end(`a line is longer than ${limits.maxLineLength} characters`);
		const line = parseContentLine(text);
		const top = stack.at(-1);
		if (line === null) {
			if (text.trim() !== "") warn(`A line is not "name:value" and was left out: ${excerpt(text)}`);
		} else if (line.name === "BEGIN") {
			const open: OpenComponent = { name: line.value.trim().toUpperCase(), properties: [], components: [] };
			if (++count > limits.maxComponents) return end(`it has more than ${limits.maxComponents} components`);
			if (stack.length >= limits.maxDepth) return end(`components are nested deeper than ${limits.maxDepth}`);
			let parent = top;
			if (parent !== undefined && parent.name === open.name && parent.name !== "VCALENDAR") {
				warn(`${open.name} starts inside another ${open.name}, which never ended.`);
				stack.pop();
				parent = stack.at(-1);
			}
			if (parent === undefined) roots.push(open);
			else parent.components.push(open);
			stack.push(open);
		} else if (line.name === "END") {
			closeTo(stack, line.value.trim().toUpperCase(), warn);
		} else if (top !== undefined) {
			if (top.properties.length < limits.maxPropertiesPerComponent) top.properties.push(line);
			else dropped++;
		}
	}
	return end(null);
}

function closeTo(stack: OpenComponent[], name: string, warn: (sentence: string) => void): void {
	const at = stack.findLastIndex((open) => open.name === name);
	if (at === -1) {
		warn(`END:${excerpt(name)} closes nothing.`);
		return;
	}
	for (const open of stack.slice(at + 1)) warn(`${open.name} never ended; it was closed with its ${name}.`);
	stack.length = at;
}

function excerpt(text: string): string {
	return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** The first property of a name; undefined where there is none. `name` is upper case. */
export function propertyOf(component: Component, name: string): ContentLine | undefined {
	for (const line of component.properties) if (line.name === name) return line;
	return undefined;
}

/** Writes a component, folded and ended with CRLF; its lines are taken over as they were read. */
export function serializeComponent(component: Component): string {
	let body = `BEGIN:${component.name}\r\n`;
	for (const line of component.properties) body += foldLine(line.text);
	for (const child of component.components) body += serializeComponent(child);
	return `${body}END:${component.name}\r\n`;
}
