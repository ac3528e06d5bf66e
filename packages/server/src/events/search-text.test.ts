import { expect, test } from "vitest";
import { event } from "../sync/testing.ts";
import { searchKey, searchText } from "./search-text.ts";

test("text is found whichever way its letters are composed", () => {
	const stored = searchText(event({ uid: "1", title: "Cafe\u0301 Zürich" }));
	expect(stored).toContain(searchKey("CAF\u00c9 zu\u0308rich"));
});
