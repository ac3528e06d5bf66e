export interface Address {
	readonly email: string;
	readonly name: string | null;
}

/** Every address in what was typed or pasted, as in `Ann <ann@example.org>, bob@example.org`; `rest` is what is none. */
export function addressesIn(text: string): { readonly addresses: readonly Address[]; readonly rest: string } {
	const addresses: Address[] = [];
	const rest: string[] = [];
	for (const part of text.split(/[,;\n]/).map((one) => one.trim())) {
		if (part === "") continue;
		const named = /^(.*?)\s*<\s*([^\s<>@]+@[^\s<>@]+)\s*>$/.exec(part);
		const email = named?.[2] ?? part;
		if (/^[^\s<>@"]+@[^\s<>@".]+(?:\.[^\s<>@".]+)*$/.test(email)) {
			addresses.push({ email, name: named?.[1]?.replaceAll('"', "").trim() || null });
		} else {
			rest.push(part);
		}
	}
	return { addresses, rest: rest.join(", ") };
}
