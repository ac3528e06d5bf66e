import { defineConfig } from "@lingui/conf";
import { formatter } from "@lingui/format-po";

/** Texts are written in English in the source; `npm run texts` brings the PO files up to date. */
export default defineConfig({
	sourceLocale: "en",
	locales: ["en"],
	catalogs: [{ path: "<rootDir>/src/locales/{locale}", include: ["<rootDir>/src"] }],
	format: formatter({ lineNumbers: false }),
});
