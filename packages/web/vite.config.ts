import { resolve } from "node:path";
import macros from "@lingui/babel-plugin-lingui-macro";
import { getConfig } from "@lingui/conf";
import babel, { defineRolldownBabelPreset } from "@rolldown/plugin-babel";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { compiledMessages } from "./build/compiled-messages.ts";

const root = import.meta.dirname;

/** The server puts a fresh nonce in its place in each page (packages/server/src/http/web-app). */
export const NONCE_PLACE = "%KALENDS_NONCE%";

/** English stays in the code, so that it needs no catalogue and texts come with the chunk that shows them. */
const texts = defineRolldownBabelPreset({
	preset: () => ({
		plugins: [[macros, { descriptorFields: "message", linguiConfig: getConfig({ cwd: root }) }], compiledMessages],
	}),
	rolldown: { filter: { code: /from ["']@lingui\/(core|react)\/macro["']/ } },
});

export default defineConfig({
	root,
	publicDir: resolve(root, "public"),
	html: { cspNonce: NONCE_PLACE },
	plugins: [react(), babel({ presets: [texts] }), tailwindcss()],
	build: {
		target: "baseline-widely-available",
		manifest: true,
		cssTarget: ["chrome123", "firefox121", "safari17.5"],
		rolldownOptions: {
			output: {
				// What every page needs, in one file: small ones compress worse.
				codeSplitting: {
					groups: [
						{
							name: "base",
							test: /node_modules\/(react|react-dom|scheduler|@tanstack|@lingui)\/|packages\/client\/|src\/api\/|src\/app\/(?!shortcut-help|page)|src\/ui\/(button|states|store|copy-button|toast|live-region)/,
						},
					],
				},
			},
		},
		reportCompressedSize: false,
		chunkSizeWarningLimit: 1000,
		assetsInlineLimit: 0,
		modulePreload: { polyfill: false },
	},
	server: { proxy: Object.fromEntries(["/v1", "/api", "/connect"].map((path) => [path, "http://localhost:3000"])) },
});
