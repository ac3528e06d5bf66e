import { resolve } from "node:path";
import macros from "@lingui/babel-plugin-lingui-macro";
import { getConfig } from "@lingui/conf";
import babel, { defineRolldownBabelPreset } from "@rolldown/plugin-babel";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";
import { compiledMessages } from "./build/compiled-messages.ts";

const root = import.meta.dirname;

/** The server puts a fresh nonce in its place in each page (packages/server/src/http/web-app). */
export const NONCE_PLACE = "%KALENDS_NONCE%";

/** English stays in the code, so that it needs no catalogue and texts come with the chunk that shows them. */
export const texts = defineRolldownBabelPreset({
	preset: () => ({
		plugins: [[macros, { descriptorFields: "message", linguiConfig: getConfig({ cwd: root }) }], compiledMessages],
	}),
	rolldown: { filter: { code: /from ["']@lingui\/(core|react)\/macro["']/ } },
});

/** What every page needs is one file, as small ones compress worse; what only some need is not in it. */
const BASE = new RegExp(
	[
		"node_modules/(react|react-dom|scheduler|@lingui)/",
		"node_modules/@tanstack/(?!.*(queriesObserver|useQueries|mutationObserver|useMutation))",
		String.raw`packages/client/src/(core|transport|retry|errors|listing)\.`,
		String.raw`src/api/(server|queries|query-client)\.ts`,
		String.raw`src/app/(?!shortcut-help|shortcut-list|command|overlay|page\.|not-found-page|connectivity|status-panel|live-updates|use-live-updates|live-refresh|shared-stream|follow-stream)`,
		String.raw`src/ui/(button|store|toast|later|live-region|skeleton|shell-icon)\.`,
	].join("|"),
);

/** Vite's helper around `import()` finds what to preload; here the server says it, and there is one style sheet. */
const plainImports: Plugin = {
	name: "plain-imports",
	enforce: "pre",
	load: {
		filter: { id: /^\0vite\/preload-helper\.js$/ },
		handler: () => "export const __vitePreload = (load) => load();",
	},
};

export default defineConfig({
	root,
	publicDir: resolve(root, "public"),
	html: { cspNonce: NONCE_PLACE },
	// React has what the shim stands in for; the longer names are looked for first.
	resolve: {
		alias: {
			"use-sync-external-store/shim/with-selector": "use-sync-external-store/with-selector",
			"use-sync-external-store/shim/index.js": "react",
			"use-sync-external-store/shim": "react",
		},
	},
	plugins: [plainImports, react(), babel({ presets: [texts] }), tailwindcss()],
	build: {
		target: "baseline-widely-available",
		manifest: true,
		cssTarget: ["chrome123", "firefox121", "safari17.5"],
		rolldownOptions: {
			// Nothing that we load relies on a getter or a write of its top level beyond what it exports; 3 kB of the shell.
			treeshake: { propertyReadSideEffects: false, unknownGlobalSideEffects: false },
			output: {
				codeSplitting: {
					groups: [
						{
							name: "base",
							test: BASE,
						},
					],
				},
			},
		},
		reportCompressedSize: false,
		chunkSizeWarningLimit: 1000,
		assetsInlineLimit: 0,
		// The server names in each page what that page needs (packages/server/src/http/web-app/preload.ts).
		modulePreload: false,
		cssCodeSplit: false,
	},
	server: { proxy: Object.fromEntries(["/v1", "/api", "/connect"].map((path) => [path, "http://localhost:3000"])) },
});
