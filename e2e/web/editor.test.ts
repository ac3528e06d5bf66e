import { afterAll, beforeAll, describe } from "vitest";
import { testChanges } from "./editor/changes.ts";
import { type EditorScene, startEditorScene } from "./editor/scene.ts";
import { testTrouble } from "./editor/trouble.ts";
import { testWhileSaving } from "./editor/while-saving.ts";

/** The event editor in Chromium; what it writes is read on a real Radicale. One server serves all parts. */

let scene: EditorScene;
beforeAll(async () => {
	scene = await startEditorScene();
});
afterAll(() => scene?.close());

describe("what gets through", () => testChanges(() => scene));
describe("what is under way", () => testWhileSaving(() => scene));
describe("what does not", () => testTrouble(() => scene));
