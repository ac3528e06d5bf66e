/**
 * What the app's page may do, by its headers: scripts and data of this server alone, no inline script, style elements only
 * with the answer's nonce, and no text that becomes markup (Trusted Types): a title from a calendar stays text (T12).
 */
export function pagePolicy(shared: string, nonce: string): string {
	return [
		shared.replace("style-src 'self'", `style-src 'self' 'nonce-${nonce}'`),
		"require-trusted-types-for 'script'",
		"trusted-types 'none'",
		"worker-src 'none'",
		"frame-src 'none'",
		"manifest-src 'self'",
	].join("; ");
}
