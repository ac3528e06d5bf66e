/** One challenge of a WWW-Authenticate field (RFC 9110 §11.6.1). */
export interface Challenge {
	/** Lower case. */
	readonly scheme: string;
	/** By lower-case name. */
	readonly parameters: ReadonlyMap<string, string>;
}

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const PARAMETER = new RegExp(`^(${TOKEN})\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|(${TOKEN}|[^\\s,"]*))`);
const SCHEME = new RegExp(`^(${TOKEN})(?=\\s|,|$)`);
const TOKEN68 = /^[0-9A-Za-z._~+/-]+=*(?=\s*(?:,|$))/;

/**
 * Every challenge of one or more fields, joined by commas as `Headers.get` gives them. What cannot be understood is
 * skipped up to the next comma, so that an odd challenge does not hide a good one.
 */
export function parseChallenges(field: string | null): readonly Challenge[] {
	const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
	let rest = (field ?? "").trimStart();
	const advance = (length: number) => {
		rest = rest.slice(length).trimStart();
	};
	while (rest !== "") {
		const parameter = PARAMETER.exec(rest);
		const current = challenges.at(-1);
		const scheme = parameter === null ? SCHEME.exec(rest) : null;
		if (parameter !== null && current !== undefined) {
			const value = parameter[2]?.replace(/\\(.)/g, "$1") ?? parameter[3] ?? "";
			const name = parameter[1]?.toLowerCase() ?? "";
			if (!current.parameters.has(name)) current.parameters.set(name, value);
			advance(parameter[0].length);
		} else if (scheme !== null) {
			challenges.push({ scheme: scheme[0].toLowerCase(), parameters: new Map() });
			advance(scheme[0].length);
			advance(TOKEN68.exec(rest)?.[0].length ?? 0);
		} else {
			const comma = rest.indexOf(",");
			advance(comma === -1 ? rest.length : comma);
		}
		while (rest.startsWith(",")) advance(1);
	}
	return challenges;
}
