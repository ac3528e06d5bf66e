/** Something that the palette offers. */
export interface Command {
	readonly id: string;
	readonly label: string;
	/** The keys that do the same. */
	readonly keys?: string;
	readonly run: () => void;
}

/** Those that have every word of what was typed, in any order; as words begin before as they go on. */
export function matching(commands: readonly Command[], typed: string): readonly Command[] {
	const words = folded(typed).split(/\s+/).filter(Boolean);
	const rank = ({ label }: Command): number => {
		const text = folded(label);
		const begins = (word: string) => text.split(/[^\p{L}\p{N}]+/u).some((part) => part.startsWith(word));
		if (!words.every((word) => text.includes(word))) return Number.POSITIVE_INFINITY;
		return words.filter((word) => !begins(word)).length;
	};
	return commands
		.map((command) => ({ command, rank: rank(command) }))
		.filter((one) => one.rank !== Number.POSITIVE_INFINITY)
		.sort((a, b) => a.rank - b.rank)
		.map(({ command }) => command);
}

function folded(text: string): string {
	return text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
}
