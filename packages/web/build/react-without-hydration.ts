import type { Plugin } from "vite";

/**
 * React DOM without what only hydrating needs: taking over HTML that a server has rendered, which no page of this app is.
 * React itself builds renderers without it, but none for browsers; it is 5 kB gzip of what every page loads.
 */
export const reactWithoutHydration: Plugin = {
	name: "react-without-hydration",
	apply: "build",
	transform: {
		filter: { id: /react-dom-client\.production\.js$/ },
		handler: (code) => ({ code: withoutHydration(code), map: null }),
	},
};

/** What calls of these come to where nothing is ever hydrated. The functions themselves then fall to tree shaking. */
const CALLS: Readonly<Record<string, string>> = {
	getSuspenseInstanceFromFiber: "null",
	getActivityInstanceFromFiber: "null",
	getParentHydrationBoundary: "null",
	popHydrationState: "!1",
	upgradeHydrationErrorsToRecoverable: "null",
	resetHydrationState: "void 0",
	popTreeContext: "void 0",
	commitActivityHydrationCallbacks: "void 0",
	commitSuspenseHydrationCallbacks: "void 0",
	clearHydrationBoundary: "void 0",
	hideOrUnhideDehydratedBoundary: "void 0",
	registerSuspenseInstanceRetry: "void 0",
	// Events for what is not hydrated yet are kept and sent again; none ever is.
	retryIfBlockedOn: "void 0",
	clearIfContinuousEvent: "void 0",
	queueIfContinuousEvent: "!1",
};

/**
 * Only what is the same wherever nothing is hydrated is changed. @param code react-dom-client.production.js
 * @throws where that is not the React DOM known here, so that nothing is cut by chance after an upgrade
 */
export function withoutHydration(code: string): string {
	let left = code;
	const put = (what: RegExp, by: string) => {
		const before = left;
		left = left.replace(what, by);
		if (left === before) throw new Error(`React DOM is not as it was: nothing in it is like ${what}`);
	};
	put(/^ReactDOMHydrationRoot\.prototype\.unstable_scheduleHydration = [\s\S]*?^\};$/m, "");
	put(/^exports\.hydrateRoot = [\s\S]*?^\};$/m, "");
	for (const [name, value] of Object.entries(CALLS)) {
		put(new RegExp(`(?<!function )\\b${name}\\((?:[^()]|\\([^()]*\\))*\\)`, "g"), value);
	}
	// Suspense and Activity are shown, or they are not: none is a comment of the server's in the page.
	put(/^ {4}if \(null !== [\w$]+\)\s+return updateDehydratedSuspenseComponent\([^)]*\);$/m, "");
	const activity =
		/^(function updateActivityComponent\((?:(?!^\}$)[\s\S])*?)^ {2}var prevState = [\w.]+;\n {2}if [\s\S]*?^ {2}\}$/m;
	put(activity, "$1");
	// An event reaches what it is for at once; who that is, is found out where it is looked for what it has to wait for.
	put(/\bvar blockedOn = (findInstanceBlockingEvent\(nativeEvent\);\s+if \()null === blockedOn\)/, "$1!0)");
	// A field's first value is that of its properties; the parameter is named like what is replaced next.
	put(/^ {2}isHydrating\n\) \{$/m, "  hydrating\n) {");
	put(/^ {2}isHydrating = !1,$/m, "");
	put(/\bisHydrating = ![01]/g, "!1");
	put(/\bisHydrating\b(?!\$)/g, "!1");
	put(/\bfiber === hydrationParentFiber\b/, "!1");
	put(/[\w$.]+\.dehydrated\b/g, "null");
	put(/[\w$.]+\.isDehydrated\b/g, "!1");
	return left;
}
