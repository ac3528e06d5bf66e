/**
 * A CAL-ADDRESS (RFC 5545 §3.3.3). A URI of another scheme is written as it is; only an address gets `mailto:`.
 */
export function calAddress(email: string): string {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach the line
	const plain = email.replace(/[\u0000-\u0020\u007f]/g, "");
	const isUri = /^[a-z][a-z0-9+.-]*:/i.test(plain) || plain.startsWith("/");
	return isUri ? plain : `mailto:${plain.replace(/%/g, "%25")}`;
}
