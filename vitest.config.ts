import babel from "@rolldown/plugin-babel";
import { defineConfig } from "vitest/config";
import { texts } from "./packages/web/vite.config.ts";
import { propertySeed } from "./scripts/property-seed.ts";

declare module "vitest" {
	interface ProvidedContext {
		/** What fast-check draws from. */
		propertySeed: number;
	}
}

export default defineConfig({
	// The web app's texts are macros (packages/web/vite.config.ts).
	plugins: [babel({ presets: [texts] })],
	test: {
		include: ["packages/*/src/**/*.test.{ts,tsx}", "scripts/**/*.test.ts", "e2e/**/*.test.ts", "bench/**/*.test.ts"],
		setupFiles: ["scripts/seed-properties.ts"],
		provide: { propertySeed: propertySeed(import.meta.dirname, process.env) },
		globalSetup: ["packages/server/src/testing/global-setup.ts"],
		testTimeout: 60_000,
		hookTimeout: 120_000,
		maxWorkers: 2,
	},
});
