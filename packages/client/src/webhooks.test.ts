import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { createWebhookMemory, verifyWebhook, type WebhookError } from "./index.ts";

const SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
const OTHER = `whsec_${Buffer.alloc(32, 8).toString("base64")}`;
const NOW = Date.parse("2026-12-01T12:00:00Z");
const BODY = JSON.stringify({
	type: "event.created",
	timestamp: "2026-12-01T11:59:58Z",
	data: { id: "evt_1", title: "Café" },
});

/** As the standard says (§ Signature scheme): HMAC-SHA256 over id, timestamp and body. */
function signed(id: string, { body = BODY, secret = SECRET, at = NOW / 1000 } = {}) {
	const key = Buffer.from(secret.replace("whsec_", ""), "base64");
	const signature = createHmac("sha256", key).update(`${id}.${at}.${body}`).digest("base64");
	return { "webhook-id": id, "webhook-timestamp": String(at), "webhook-signature": `v1,${signature}` };
}

function verify(headers: Record<string, string | undefined>, options: object = {}, body: string | Uint8Array = BODY) {
	const memory = createWebhookMemory(() => NOW);
	return verifyWebhook<{ readonly id: string }>(body, headers, { secret: SECRET, now: NOW, memory, ...options });
}

function codeOf(work: Promise<unknown>): Promise<string> {
	return work.then(
		() => "accepted",
		(error: WebhookError) => error.code,
	);
}

test("a message of Kalends's is read, as text or bytes, with headers of any kind", async () => {
	const headers = signed("msg_1");
	const message = await verify(headers);
	expect(message).toMatchObject({ id: "msg_1", type: "event.created", data: { id: "evt_1" } });
	expect(await codeOf(verify(headers, {}, new TextEncoder().encode(BODY)))).toBe("accepted");
	const memory = createWebhookMemory();
	expect((await verifyWebhook(BODY, new Headers(headers), { secret: SECRET, now: NOW, memory })).id).toBe("msg_1");
	const named = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toUpperCase(), [value]]));
	expect((await verifyWebhook(BODY, named, { secret: SECRET, now: NOW, memory: createWebhookMemory() })).id).toBe(
		"msg_1",
	);
});

test("one second too old or too new is refused; as old as is allowed is not", async () => {
	const at = (seconds: number) => codeOf(verify(signed("msg_1", { at: NOW / 1000 + seconds })));
	expect(await Promise.all([-301, -300, 300, 301].map(at))).toEqual(["stale", "accepted", "accepted", "stale"]);
});

test("any other body, id, time or secret is refused", async () => {
	const headers = signed("msg_1");
	const bytes = new TextEncoder().encode(BODY);
	for (let index = 0; index < bytes.length; index++) {
		const edited = bytes.slice();
		edited[index] = (edited[index] ?? 0) ^ 1;
		expect(await codeOf(verify(headers, {}, edited))).toBe("invalid_signature");
	}
	expect(await codeOf(verify({ ...headers, "webhook-id": "msg_2" }))).toBe("invalid_signature");
	expect(await codeOf(verify({ ...headers, "webhook-timestamp": String(NOW / 1000 + 1) }))).toBe("invalid_signature");
	expect(await codeOf(verify(signed("msg_1", { secret: OTHER })))).toBe("invalid_signature");
	for (const signature of ["", "v1", "v1,", "v1,AAAA", "v2,x", headers["webhook-signature"].slice(3)]) {
		expect(await codeOf(verify({ ...headers, "webhook-signature": signature }))).toBe("invalid_signature");
	}
});

test("what was seen is a replay, unless it was released for the next attempt", async () => {
	const memory = createWebhookMemory(() => NOW);
	const first = await verify(signed("msg_1"), { memory });
	expect(await codeOf(verify(signed("msg_1"), { memory }))).toBe("replayed");
	expect(await codeOf(verify(signed("msg_1", { at: NOW / 1000 + 60 }), { memory }))).toBe("replayed");
	await first.release();
	expect(await codeOf(verify(signed("msg_1", { at: NOW / 1000 + 60 }), { memory }))).toBe("accepted");
	expect(await codeOf(verify(signed("msg_2"), { memory }))).toBe("accepted");
});

test("of many sent at once under one id, one is new", async () => {
	const memory = createWebhookMemory(() => NOW);
	const codes = await Promise.all(Array.from({ length: 20 }, () => codeOf(verify(signed("msg_1"), { memory }))));
	expect(codes.filter((code) => code === "accepted")).toHaveLength(1);
});

test("a forged message does not use up the id of the true one", async () => {
	const memory = createWebhookMemory(() => NOW);
	expect(await codeOf(verify(signed("msg_1", { secret: OTHER }), { memory }))).toBe("invalid_signature");
	expect(await codeOf(verify(signed("msg_1"), { memory }))).toBe("accepted");
});

test("while the secret is changed either signature does, and either secret", async () => {
	const headers = signed("msg_1");
	const both = `${signed("msg_1", { secret: OTHER })["webhook-signature"]} ${headers["webhook-signature"]}`;
	expect(await codeOf(verify({ ...headers, "webhook-signature": both }))).toBe("accepted");
	expect(await codeOf(verify(headers, { secret: [OTHER, SECRET] }))).toBe("accepted");
});

test("what is missing or malformed is named", async () => {
	const headers = signed("msg_1");
	for (const name of Object.keys(headers)) {
		expect(await codeOf(verify({ ...headers, [name]: undefined }))).toBe("missing_headers");
	}
	expect(await codeOf(verify({ ...headers, "webhook-timestamp": "1e9" }))).toBe("missing_headers");
	expect(await codeOf(verify(headers, { secret: "whsec_%%" }))).toBe("invalid_secret");
	expect(await codeOf(verify(headers, { secret: "" }))).toBe("invalid_secret");
	expect(await codeOf(verify(signed("msg_1", { body: "[]" }), {}, "[]"))).toBe("invalid_payload");
});

test("memory forgets what is old, and holds no more than it may", () => {
	let now = 0;
	const memory = createWebhookMemory(() => now);
	expect(memory.remember("a", 10)).toBe(true);
	expect(memory.remember("a", 10)).toBe(false);
	now = 10_000;
	expect(memory.remember("a", 10)).toBe(true);
});
