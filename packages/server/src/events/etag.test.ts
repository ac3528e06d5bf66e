import { expect, it } from "vitest";
import { Problem } from "../http/errors.ts";
import { etagHeader, requireMatch } from "./etag.ts";

const ETAG = "3-0f8c2d1e";

it.each([
	undefined,
	"*",
	" * ",
	ETAG,
	`"${ETAG}"`,
	`W/"${ETAG}"`,
	`"1-aaaaaaaa", "${ETAG}"`,
	`1-aaaaaaaa,${ETAG}`,
	etagHeader({ etag: ETAG }).etag,
])("%s matches", (header) => expect(() => requireMatch(header, ETAG)).not.toThrow());

function problemOf(header: string): Problem {
	try {
		requireMatch(header, ETAG);
	} catch (error) {
		if (error instanceof Problem) return error;
		throw error;
	}
	throw new Error(`${header} matched`);
}

it.each(["", '""', '"2-0f8c2d1e"', "3-0f8c2d1", `"${ETAG}x"`, "3"])(
	"%j is stale, and the answer has the etag",
	(header) => {
		const problem = problemOf(header);
		expect(problem).toMatchObject({ code: "precondition_failed", extensions: { etag: ETAG } });
		expect(problem.message).toContain(ETAG);
	},
);

it.each(['"3-0f8c2d1e', 'a"b', ',"x"'])("%j is no list of tags", (header) =>
	expect(problemOf(header)).toMatchObject({ code: "invalid_request", errors: [{ field: "If-Match" }] }),
);
