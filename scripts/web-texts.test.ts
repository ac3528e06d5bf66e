import { resolve } from "node:path";
import { getCatalogs } from "@lingui/cli/api";
import { getConfig } from "@lingui/conf";
import { expect, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "../packages/web");

test("translators have every text of the app and no other (else: npm run texts)", async () => {
	const [catalog] = await getCatalogs(getConfig({ cwd: ROOT, configPath: resolve(ROOT, "lingui.config.ts") }));
	const [inCode, inFile] = [await catalog?.collect(), await catalog?.read("en")];
	const textsOf = (messages: object | null | undefined) =>
		Object.values(messages ?? {})
			.map(({ message, context }) => `${context ?? ""}|${message}`)
			.sort();
	expect(textsOf(inCode).length).toBeGreaterThan(100);
	expect(textsOf(inFile)).toEqual(textsOf(inCode));
});
