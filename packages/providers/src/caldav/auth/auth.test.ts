import { describe, expect, test } from "vitest";
import { Authenticator } from "./authenticator.ts";
import { parseChallenges } from "./challenges.ts";
import { mayReceiveCredentials } from "./credential-policy.ts";
import { chooseDigest, digestAuthorization } from "./digest.ts";

const url = new URL("https://dav.example.org/dir/index.html");
const parsed = (field: string) =>
	parseChallenges(field).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);

describe("WWW-Authenticate", () => {
	test("several challenges in one field, with quotes, commas and token68", () => {
		expect(
			parsed(
				'Negotiate, NTLM dG9rZW4=, X-MobileMe-AuthToken realm="Newcastle", Basic realm="a, \\"b\\" c" , charset="UTF-8"',
			),
		).toEqual([
			["negotiate", {}],
			["ntlm", {}],
			["x-mobileme-authtoken", { realm: "Newcastle" }],
			["basic", { realm: 'a, "b" c', charset: "UTF-8" }],
		]);
		expect(parsed('Digest realm = "r",nonce="n", qop="auth,auth-int",stale=TRUE,Basic realm=r')).toEqual([
			["digest", { realm: "r", nonce: "n", qop: "auth,auth-int", stale: "TRUE" }],
			["basic", { realm: "r" }],
		]);
	});

	test.each(["", ",,,", '"', '= , "x" Basic', "Basic realm=", 'Basic realm="open', "\u00e9, Basic"])(
		"survives %j",
		(field) => {
			expect(Array.isArray(parseChallenges(field))).toBe(true);
		},
	);

	test("the strongest Digest that we can answer is chosen", () => {
		const offers = (...algorithms: readonly string[]) =>
			chooseDigest(
				parseChallenges(algorithms.map((each) => `Digest realm="r", nonce="n", qop="auth", ${each}`).join(", ")),
			);
		expect(offers("algorithm=MD5", "algorithm=SHA-256", "algorithm=SHA-512-256")?.algorithm).toBe("sha-256");
		expect(offers("algorithm=md5-SESS")?.algorithm).toBe("md5-sess");
		expect(offers("x=y")?.algorithm).toBe("md5");
		expect(offers("algorithm=TEAPOT")).toBeNull();
		expect(chooseDigest(parseChallenges('Digest realm="r", nonce="n", qop="auth-int"'))).toBeNull();
	});
});

describe("Digest", () => {
	const field = (algorithm: string) =>
		`Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=${algorithm}, ` +
		'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"';
	const answer = (algorithm: string, username = "Mufasa") => {
		const challenge = chooseDigest(parseChallenges(field(algorithm)));
		if (challenge === null) throw new Error("no challenge");
		return digestAuthorization({
			challenge,
			username,
			password: "Circle of Life",
			method: "GET",
			uri: "/dir/index.html",
			nonceCount: 1,
			cnonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
		});
	};

	test("answers as RFC 7616 §3.9.1 does", () => {
		expect(answer("MD5")).toContain('response="8ca523f5e9506fed4657c9700eebdbec"');
		expect(answer("SHA-256")).toContain('response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"');
		expect(answer("SHA-256")).toMatch(/algorithm=SHA-256, opaque=".+", qop=auth, nc=00000001, cnonce="f2/);
	});

	test("answers servers without quality of protection (RFC 2617 §3.5)", () => {
		const challenge = chooseDigest(
			parseChallenges('Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"'),
		);
		if (challenge === null) throw new Error("no challenge");
		const header = digestAuthorization({
			challenge,
			username: "Mufasa",
			password: "Circle Of Life",
			method: "GET",
			uri: "/dir/index.html",
			nonceCount: 1,
			cnonce: "0a4f113b",
		});
		expect(header).toContain('response="670fd8c2df070c60b045671b8b24ff02"');
		expect(header).not.toContain("qop");
	});

	test("writes names that are not ASCII, or hold quotes, as RFC 7616 §3.4 says", () => {
		expect(answer("MD5", "Jäsøn Doe")).toContain("username*=UTF-8''J%C3%A4s%C3%B8n%20Doe");
		expect(answer("MD5", 'a"b')).toContain('username="a\\"b"');
	});
});

describe("the authenticator", () => {
	const person = { username: "ü@x", password: "p:w" };
	const make = (scheme: "basic" | "digest" | null = null, credentials: typeof person | null = person) =>
		new Authenticator(credentials, scheme, () => "cn");
	const headers = (...challenges: readonly string[]) => {
		const made = new Headers();
		for (const each of challenges) made.append("www-authenticate", each);
		return made;
	};
	const digest = (nonce: string, more = "") => `Digest realm="r", nonce="${nonce}", qop="auth"${more}`;

	test("sends Basic unasked, in UTF-8", () => {
		expect(make().authorize("GET", url)).toBe(`Basic ${Buffer.from("ü@x:p:w").toString("base64")}`);
		expect(make(null, null).authorize("GET", url)).toBeNull();
	});

	test("changes to Digest where Basic is not offered, and counts the uses of a nonce", () => {
		const auth = make();
		expect(auth.challenged(url, headers(digest("n1")), auth.authorize("GET", url))).toBe("retry");
		expect(auth.authorize("GET", url)).toContain("nc=00000001");
		expect(auth.authorize("GET", url)).toContain("nc=00000002");
		expect(auth.scheme).toBe("digest");
	});

	test("takes a new nonce when the old one is stale or handed over, and no wrong password for a stale nonce", () => {
		const auth = make("digest");
		expect(auth.authorize("GET", url)).toBeNull();
		expect(auth.challenged(url, headers(digest("n1")), null)).toBe("retry");
		expect(auth.challenged(url, headers(digest("n2")), auth.authorize("GET", url))).toBe("refused");
		expect(auth.challenged(url, headers(digest("n3", ", stale=true")), auth.authorize("GET", url))).toBe("retry");
		expect(auth.authorize("GET", url)).toContain('nonce="n3"');
		auth.accepted(url, new Headers({ "authentication-info": 'qop=auth, nextnonce="n4"' }));
		expect(auth.authorize("GET", url)).toMatch(/nonce="n4".*nc=00000001/);
		auth.accepted(url, new Headers());
		expect(auth.challenged(url, headers(digest("n5")), auth.authorize("GET", url))).toBe("retry");
		expect(auth.challenged(url, headers(digest("n6")), auth.authorize("GET", url))).toBe("retry");
		expect(auth.challenged(url, headers(digest("n7")), auth.authorize("GET", url))).toBe("refused");
		expect(auth.authorize("GET", url)).toBeNull();
	});

	test("a Digest challenge without a nonce is no refusal: asking again brings one (Cyrus on a connection that has logged in)", () => {
		const auth = make("digest");
		expect(auth.challenged(url, headers("Digest"), auth.authorize("GET", url))).toBe("repeat");
		expect(auth.challenged(url, headers(digest("n1")), auth.authorize("GET", url))).toBe("retry");
		auth.accepted(url, new Headers());
		expect(auth.challenged(url, headers("Digest"), auth.authorize("GET", url))).toBe("repeat");
		expect(auth.authorize("GET", url)).toContain('nonce="n1"');
		expect(make().challenged(url, headers("Digest", "Basic realm=x"), "Basic x")).toBe("refused");
	});

	test.each([
		[["Basic realm=x"], "refused"],
		[['X-MobileMe-AuthToken realm="N"', "Basic realm=x"], "refused"],
		[[digest("n"), "Basic realm=x"], "refused"],
		[['Bearer realm="g"'], "unsupported"],
		[[], "refused"],
	] as const)("a 401 with %j to Basic means %s", (challenges, verdict) => {
		const auth = make();
		expect(auth.challenged(url, headers(...challenges), auth.authorize("GET", url))).toBe(verdict);
	});

	test("without credentials a 401 means that some are required", () => {
		expect(make(null, null).challenged(url, headers("Basic realm=x"), null)).toBe("required");
	});
});

describe("who may see the password", () => {
	const policy = (home: string, trusted: readonly string[] = [], operator: string | null = null) => ({
		home: new URL(home),
		trustedHost: (each: URL) => trusted.includes(each.hostname),
		operatorUrl: operator === null ? null : new URL(operator),
	});
	test.each([
		["https://caldav.icloud.com/", "https://p42-caldav.icloud.com:443/1/", true],
		["https://example.org/", "https://dav.example.org:8443/", true],
		["https://example.org/", "https://caldav.icloud.com/", true],
		["https://example.org/", "https://example.com/", false],
		["https://example.org/", "https://evilexample.org/", false],
		["https://example.org/", "http://example.org/", false],
		["https://a.co.uk/", "https://b.co.uk/", false],
		["https://a.github.io/", "https://b.github.io/", false],
		["https://192.0.2.1/", "https://192.0.2.2/", false],
		["https://evil.example/", "https://icloud.com.evil.test/", false],
	])("from %s to %s: %s", (home, target, allowed) => {
		expect(mayReceiveCredentials(new URL(target), policy(home))).toBe(allowed);
	});

	test("plain http only where the operator allows the host, and still only on the same site", () => {
		const trusting = policy("http://nas.lan:5232/", ["nas.lan", "other.lan"]);
		expect(mayReceiveCredentials(new URL("http://nas.lan:8080/"), trusting)).toBe(true);
		expect(mayReceiveCredentials(new URL("http://other.lan/"), trusting)).toBe(false);
		const operators = policy("http://127.0.0.1:9/", [], "http://127.0.0.1:9/");
		expect(mayReceiveCredentials(new URL("http://127.0.0.1:10/"), operators)).toBe(true);
		expect(mayReceiveCredentials(new URL("http://localhost:10/"), operators)).toBe(false);
	});
});
