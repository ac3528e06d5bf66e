import { KalendsError } from "@kalends/client";
import { expect, test } from "vitest";
import { isDenied } from "./errors.ts";

test.each<[code: KalendsError["code"], status: number, denied: boolean]>([
	["invalid_request", 400, true],
	["forbidden", 403, true],
	// It may be through any moment.
	["request_in_progress", 409, false],
	["internal", 500, false],
	["network_error", 0, false],
])("after %s (%i) it is known that nothing has happened: %s", (code, status, denied) => {
	expect(isDenied(new KalendsError({ code, status, detail: "", fix: "" }))).toBe(denied);
});
