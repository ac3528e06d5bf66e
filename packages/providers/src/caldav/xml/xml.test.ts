import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ProviderFailure } from "../../port/failure.ts";
import { multistatus } from "../../testing/caldav/answers.ts";
import { decodeXml } from "./decode.ts";
import { type DavResponse, prop, propHrefs, propText, readErrorBody, readMultistatus } from "./multistatus.ts";
import { C, D } from "./names.ts";
import { element, text, xmlDocument } from "./write.ts";

async function read(...pieces: readonly string[]): Promise<{ responses: DavResponse[]; syncToken: string | null }> {
	async function* body() {
		for (const piece of pieces) yield new TextEncoder().encode(piece);
	}
	const responses: DavResponse[] = [];
	const reading = readMultistatus(decodeXml(body(), null));
	for (let next = await reading.next(); ; next = await reading.next()) {
		if (next.done) return { responses, syncToken: next.value.syncToken };
		responses.push(next.value);
	}
}

const failureOf = (...pieces: readonly string[]) => read(...pieces).catch((error: unknown) => error);
const data = (ics: string) =>
	`<D:response><D:href>/a.ics</D:href><D:propstat><D:prop><C:calendar-data>${ics}</C:calendar-data></D:prop>` +
	"<D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>";

describe("reading a multistatus", () => {
	test("goes by namespace, not by prefix, and tells the statuses of properties apart", async () => {
		const { responses, syncToken } = await read(`
			<?xml version='1.0' encoding='UTF-8'?>
			<multistatus xmlns="DAV:" xmlns:x="urn:ietf:params:xml:ns:caldav">
			 <response><href> /cal/a%20b.ics </href>
			  <propstat><prop><getetag>"1"</getetag><x:calendar-data><![CDATA[A<&B]]>&#13;C</x:calendar-data></prop>
			   <status>HTTP/1.1 200 OK</status></propstat>
			  <propstat><prop><displayname/></prop><status>HTTP/1.1 404 Not Found</status></propstat></response>
			 <response><href>/cal/b.ics</href><href>/cal/c.ics</href><status>HTTP/1.1 404 Gone</status></response>
			 <response><href>/cal/</href><status>HTTP/1.1 507 No</status><error><number-of-matches-within-limits/></error></response>
			 <sync-token>urn:t</sync-token>
			</multistatus>`);
		expect(syncToken).toBe("urn:t");
		const [first, second, third] = responses;
		if (first === undefined) throw new Error("no response");
		expect(propText(first, D.getetag)).toBe('"1"');
		expect(prop(first, C.calendarData)?.text).toBe("A<&B\rC");
		expect(first.failed).toEqual(new Map([["{DAV:}displayname", 404]]));
		expect(second).toMatchObject({ hrefs: ["/cal/b.ics", "/cal/c.ics"], status: 404 });
		expect(third).toMatchObject({ status: 507, preconditions: ["number-of-matches-within-limits"] });
	});

	test("hands out responses before the body has ended", async () => {
		let sent = 0;
		async function* body() {
			const open = multistatus("").replace("</D:multistatus>", "");
			for (const piece of [open + data("x".repeat(300)), data("2"), data("3"), "</D:multistatus>"]) {
				sent++;
				yield new TextEncoder().encode(piece);
			}
		}
		const reading = readMultistatus(decodeXml(body(), null));
		expect((await reading.next()).done).toBe(false);
		expect(sent).toBe(1);
		await reading.return({ syncToken: null });
	});

	test("reads what other encodings hold", async () => {
		const document = multistatus(data("Grüße")).replace('"1.0"', '"1.0" encoding="ISO-8859-1"');
		const decode = (bytes: Uint8Array, type: string | null) =>
			Array.fromAsync(readMultistatus(decodeXml(one(bytes), type))).then(([r]) => r && prop(r, C.calendarData)?.text);
		expect(await decode(Buffer.from(document, "latin1"), "text/xml")).toBe("Grüße");
		expect(await decode(Buffer.from(`\uFEFF${document}`, "utf16le"), null)).toBe("Grüße");
		expect(await decode(Buffer.from(document, "utf8"), 'text/xml; charset="utf-8"')).toBe("Grüße");
	});

	test("passes over characters that XML forbids, as one bad event must not cost the calendar", async () => {
		const { responses } = await read(multistatus(data("SUMMARY:bell \u0007 &nbsp; end")));
		expect(responses).toHaveLength(1);
	});

	test.each([
		["<!DOCTYPE html><html><body>Sign in</body></html>", "not_caldav"],
		['<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><p/></html>', "not_caldav"],
		["", "incomplete_answer"],
		[multistatus(data("1")).slice(0, -20), "incomplete_answer"],
		['{"error":"nope"}', "malformed_answer"],
		["<D:multistatus/>", "malformed_answer"],
		['<x xmlns="DAV:"/>', "malformed_answer"],
	])("refuses %j as %s", async (body, reason) => {
		expect(await failureOf(body)).toMatchObject({ name: "ProviderFailure", reason });
	});

	test("finds the precondition of an error body, in any prefix", () => {
		expect(readErrorBody('<a:error xmlns:a="DAV:"><a:valid-sync-token/></a:error>')).toMatchObject([
			{ local: "valid-sync-token" },
		]);
		expect(readErrorBody("<html><body>no</body></html>")).toEqual([]);
		expect(readErrorBody("not xml")).toEqual([]);
	});
});

describe("attacks on the reader", () => {
	const entity = (name: string, value: string) => `<!ENTITY ${name} "${value}">`;
	const laughs = Array.from({ length: 9 }, (_, at) => entity(`l${at + 1}`, `&l${at};`.repeat(10))).join("");
	test.each([
		[
			"billion laughs",
			`<?xml version="1.0"?><!DOCTYPE m [${entity("l0", "lol")}${laughs}]><D:multistatus xmlns:D="DAV:">&l9;</D:multistatus>`,
		],
		[
			"an external entity",
			'<?xml version="1.0"?><!DOCTYPE m [<!ENTITY x SYSTEM "file:///etc/passwd">]><D:multistatus xmlns:D="DAV:">&x;</D:multistatus>',
		],
		["an external DTD", '<!DOCTYPE m SYSTEM "http://127.0.0.1:1/x.dtd"><D:multistatus xmlns:D="DAV:"/>'],
		["a million numeric references", multistatus(data("&#65;".repeat(1_000_000)))],
		["a million long numeric references", multistatus(data("&#x0000041;".repeat(1_000_000)))],
		["elements nested 100,000 deep", multistatus("<D:a>".repeat(100_000))],
		["200,000 elements in one response", multistatus(`<D:response>${"<D:a/>".repeat(200_000)}</D:response>`)],
		["100,000 attributes", multistatus(`<D:a ${Array.from({ length: 100_000 }, (_, at) => `a${at}=""`).join(" ")}/>`)],
	])("%s is refused", async (_, document) => {
		expect(await failureOf(document)).toMatchObject({ name: "ProviderFailure", reason: "malformed_answer" });
	});

	test("a text longer than allowed is refused", async () => {
		async function* pieces() {
			yield multistatus("").replace("</D:multistatus>", "");
			for (let at = 0; at < 100; at++) yield "x".repeat(1000);
		}
		const reading = Array.fromAsync(readMultistatus(pieces(), { characters: 10_000 }));
		await expect(reading).rejects.toMatchObject({ reason: "too_large" });
	});

	test("an honest multistatus of 10 MB with escaped calendar data is read", async () => {
		const ics = `BEGIN:VEVENT&#13;\nUID:1&#13;\nSUMMARY:a &amp; b &lt;c&gt; &#8364;&#13;\nDTSTART:20260101T100000Z&#13;\nEND:VEVENT&#13;\n`;
		const one = data(ics.repeat(20));
		const count = Math.ceil(10_000_000 / one.length);
		const { responses } = await read(multistatus(one.repeat(count)));
		expect(responses).toHaveLength(count);
		const single = await read(multistatus(data(ics.repeat(90_000))));
		expect(single.responses).toHaveLength(1);
	});

	test("a body that is there at once leaves turns to the event loop", async () => {
		let turns = 0;
		let reading = true;
		const count = () => {
			turns++;
			if (reading) setImmediate(count);
		};
		setImmediate(count);
		await read(multistatus(data("x".repeat(200)).repeat(30_000)));
		reading = false;
		expect(turns).toBeGreaterThan(10);
	});

	test("nothing but a ProviderFailure comes of any text", async () => {
		const pieces = fc.array(
			fc.oneof(
				fc.string({ unit: "binary" }),
				fc.constantFrom("<", ">", "&", "]]>", "<![CDATA[", "<!--", "<?xml", "<!DOCTYPE", 'xmlns:D="x"', "<D:response>"),
				fc.constantFrom("</D:response>", "<D:href>", "</D:href>", "&#0;", "&#x110000;", "&amp", "\u0000", "\uD800"),
				fc.constantFrom("<D:propstat><D:status>", "HTTP/1.1 abc", "</D:status></D:propstat>", "</D:multistatus>"),
			),
		);
		const opening = fc.constantFrom(
			"",
			'<D:multistatus xmlns:D="DAV:">',
			'<?xml version="1.1"?><D:multistatus xmlns:D="DAV:">',
		);
		await fc.assert(
			fc.asyncProperty(opening, pieces, async (start, rest) => {
				const outcome = await failureOf(start, ...rest);
				if (outcome instanceof Error) expect(outcome).toBeInstanceOf(ProviderFailure);
			}),
			{ numRuns: 1000 },
		);
	});

	test("a valid document, damaged anywhere, is read or refused", async () => {
		const valid = multistatus(`${data("A&amp;B")}<D:sync-token>t</D:sync-token>`);
		const at = fc.nat(valid.length);
		await fc.assert(
			fc.asyncProperty(at, at, fc.string({ unit: "binary", maxLength: 5 }), async (a, b, inserted) => {
				const damaged = valid.slice(0, a) + inserted + valid.slice(b);
				const outcome = await failureOf(damaged);
				if (outcome instanceof Error) expect(outcome).toBeInstanceOf(ProviderFailure);
			}),
			{ numRuns: 1000 },
		);
	});
});

describe("writing", () => {
	test("what is written is read back, whatever is in it", async () => {
		await fc.assert(
			fc.asyncProperty(fc.string({ unit: "grapheme" }), async (value) => {
				const written = xmlDocument({ ns: "DAV:", local: "multistatus" }, [
					element({ ns: "DAV:", local: "response" }, [
						element(D.href, [text(`/${value}/`)]),
						element({ ns: "DAV:", local: "propstat" }, [
							element(D.prop, [element(D.displayname, [text(value)], { name: value })]),
						]),
					]),
				]);
				const [response] = (await read(written)).responses;
				if (response === undefined) throw new Error("no response");
				expect(prop(response, D.displayname)).toMatchObject({ text: value, attributes: { name: value } });
				expect(response.hrefs).toEqual([`/${value}/`]);
				expect(propHrefs(response, D.displayname)).toEqual([]);
			}),
		);
	});

	test("characters that XML cannot hold are left out", () => {
		expect(text("a\u0000b\u000bc\uD800d\uFFFF")).toBe("abc\uFFFDd");
	});
});

async function* one(bytes: Uint8Array) {
	yield bytes;
}
