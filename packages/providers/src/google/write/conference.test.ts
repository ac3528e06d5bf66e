import { expect, test } from "vitest";
import { SINGLE } from "../testing/client.ts";
import { stored, update } from "../testing/writing.ts";

const MEET = {
	hangoutLink: "https://meet.google.com/abc-defg-hij",
	conferenceData: {
		conferenceId: "abc-defg-hij",
		createRequest: { requestId: "r", status: { statusCode: "success" } },
		conferenceSolution: { key: { type: "hangoutsMeet" }, name: "Google Meet", iconUri: "https://icons.example/meet" },
		entryPoints: [{ entryPointType: "video", uri: "https://meet.google.com/abc-defg-hij" }],
	},
};

test("a conference is taken away, also one that is still being made", async () => {
	const pending = { conferenceData: { createRequest: { requestId: "r", status: { statusCode: "pending" } } } };
	for (const conference of [MEET, pending]) {
		const { writes } = await update(await stored({ ...SINGLE, ...conference }), () => ({ conference: null }));
		expect(writes).toMatchObject([{ method: "PATCH", body: { conferenceData: null } }]);
	}
	const { writes } = await update(await stored(SINGLE), () => ({ conference: null }));
	expect(writes).toEqual([]);
});

test("of a conference that another takes the place of, nothing stays beside it", async () => {
	const { writes } = await update(await stored({ ...SINGLE, ...MEET }), () => ({
		conference: { url: "https://zoom.us/j/1", provider: "zoom" },
	}));
	expect(writes).toMatchObject([
		{
			body: {
				conferenceData: {
					conferenceId: null,
					createRequest: null,
					conferenceSolution: { key: { type: "addOn" }, name: "zoom", iconUri: null },
					entryPoints: [{ entryPointType: "video", uri: "https://zoom.us/j/1" }],
				},
			},
		},
	]);
});

test("a conference is asked for by the same request while it is the same wish", async () => {
	const scene = await stored(SINGLE);
	const asked = () => ({ conference: { url: "", provider: null, create: true as const } });
	const first = await update(scene, asked);
	const again = { ...scene, resource: { ...scene.resource } };
	scene.client.asked.length = 0;
	await expect(update(again, asked)).rejects.toMatchObject({ kind: "precondition_failed" });
	const [one, other] = [first.writes[0], scene.client.asked.find(({ method }) => method === "PATCH")];
	expect(one?.body).toEqual(other?.body);
	expect(one?.body).toMatchObject({
		conferenceData: {
			createRequest: { conferenceSolutionKey: { type: "hangoutsMeet" }, requestId: expect.any(String) },
		},
	});
});
