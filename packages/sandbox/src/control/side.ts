import { answerAs } from "../calendar/api.ts";
import { GoogleError } from "../http/google-error.ts";
import type { Side } from "../http/side.ts";
import { jsonAnswer, pageAnswer, type WebAnswer, type WebRequest } from "../http/web.ts";
import { isObject, type JsonObject } from "../json.ts";
import { formOf } from "../oauth/form.ts";
import type { SandboxOptions } from "../options.ts";
import { resetWorld } from "../seed/populate.ts";
import type { World } from "../world/world.ts";
import {
	addAccount,
	addCalendar,
	addClient,
	advanceClock,
	expireSyncTokens,
	expireTokens,
	loadEvents,
	revokeConsents,
	sendMessages,
	shareCalendar,
	theAccount,
} from "./actions.ts";
import { ControlFault, Fields } from "./fields.ts";
import { controlPage } from "./page.ts";
import { bodyOfForm } from "./page-form.ts";
import { readFault } from "./read-fault.ts";
import { changeSettings, showSettings } from "./settings.ts";
import { showChannels, showFaults, showState } from "./state.ts";

const ROOT = "/_sandbox";

interface ControlCall {
	readonly world: World;
	readonly options: SandboxOptions;
	readonly request: WebRequest;
	readonly body: JsonObject;
	/** Decoded segments that stand for `*`. */
	readonly names: readonly string[];
}

type Handler = (call: ControlCall) => JsonObject | readonly JsonObject[] | undefined;

/** Method and path behind `/_sandbox`; undefined is answered with 204. */
const ROUTES: Readonly<Record<string, Handler>> = {
	"GET /state": ({ world }) => showState(world),
	"POST /reset": ({ world, options, body }) => {
		const fields = new Fields(body);
		const keepConsents = fields.flag("keepConsents") ?? false;
		fields.done();
		resetWorld(world, options, keepConsents);
		return undefined;
	},
	"POST /accounts": ({ world, body }) => addAccount(world, body),
	"POST /clients": ({ world, body }) => done(addClient(world, body)),
	"POST /calendars": ({ world, body }) => addCalendar(world, body),
	"POST /calendars/*/share": ({ world, body, names }) => done(shareCalendar(world, names[0] ?? "", body)),
	"POST /load": ({ world, body }) => loadEvents(world, body),
	"GET /faults": ({ world }) => showFaults(world),
	"POST /faults": ({ world, body }) => ({ id: world.faults.add(readFault(body)).id }),
	"DELETE /faults": ({ world }) => done(world.faults.clear()),
	"DELETE /faults/*": ({ world, names }) => {
		if (!world.faults.remove(names[0] ?? "")) throw new ControlFault(404, [`There is no fault ${names[0]}.`]);
		return undefined;
	},
	"GET /settings": ({ world }) => showSettings(world),
	"PATCH /settings": ({ world, body }) => {
		changeSettings(world, body);
		return showSettings(world);
	},
	"POST /tokens/expire": ({ world, body }) => expireTokens(world, body),
	"POST /consents/revoke": ({ world, body }) => revokeConsents(world, body),
	"POST /sync-tokens/expire": ({ world, body }) => done(expireSyncTokens(world, body)),
	"POST /clock": ({ world, body }) => advanceClock(world, body),
	"GET /requests": ({ world }) => ({ total: world.log.total, requests: world.log.list().map((each) => ({ ...each })) }),
	"DELETE /requests": ({ world }) => done(world.log.clear()),
	"GET /mails": ({ world }) => world.mails.map((mail) => ({ ...mail })),
	"DELETE /mails": ({ world }) => done(world.mails.splice(0)),
	"GET /channels": ({ world }) => showChannels(world),
	"POST /channels/send": ({ world, body }) => sendMessages(world, body),
};

const done = (_: unknown): undefined => undefined;

/** The control API and its page; `options` are what a reset goes back to. */
export function controlSide(options: SandboxOptions): Side {
	return (world, request) => {
		const { pathname } = request.url;
		if (pathname !== ROOT && !pathname.startsWith(`${ROOT}/`)) return null;
		try {
			refuseOtherSites(request);
			return control(world, options, request);
		} catch (error) {
			if (error instanceof GoogleError) return jsonAnswer(error.status, error.body());
			if (!(error instanceof ControlFault)) throw error;
			return jsonAnswer(error.status, { error: error.message, faults: [...error.faults] });
		}
	};
}

/** A page of another site that the person has open must not change anything here. */
function refuseOtherSites(request: WebRequest): void {
	const site = request.header("sec-fetch-site");
	if (site === null || site === "same-origin" || site === "none" || request.method === "GET") return;
	throw new ControlFault(400, ["Another site's page must not control the sandbox."]);
}

function control(world: World, options: SandboxOptions, request: WebRequest): WebAnswer {
	const path = request.url.pathname.slice(ROOT.length);
	if (path === "" || path === "/") return pageAnswer(200, controlPage(world));
	if (path === "/page" && request.method === "POST") {
		const { method, path: target, body } = bodyOfForm(formOf(request));
		route(world, options, { ...request, method }, target, body);
		return { status: 303, headers: { location: ROOT }, body: "" };
	}
	const named = /^\/as\/([^/]+)\/(.+)$/.exec(path);
	if (named !== null) {
		return answerAs(world, theAccount(world, decode(named[1] ?? "")), request, named[2] ?? "");
	}
	const answer = route(world, options, request, path, bodyOf(request));
	return answer === undefined ? { status: 204, headers: {}, body: "" } : jsonAnswer(200, answer);
}

function route(world: World, options: SandboxOptions, request: WebRequest, path: string, body: JsonObject) {
	const wanted = [request.method, ...path.split("/").slice(1)];
	for (const [known, handle] of Object.entries(ROUTES)) {
		const [method, template = ""] = known.split(" ");
		const parts = [method, ...template.split("/").slice(1)];
		if (parts.length !== wanted.length) continue;
		if (!parts.every((part, index) => part === "*" || part === wanted[index])) continue;
		const names = wanted.filter((_, index) => parts[index] === "*").map(decode);
		return handle({ world, options, request, body, names });
	}
	throw new ControlFault(404, [`${request.method} ${ROOT}${path} is not known; docs/sandbox.md lists what is.`]);
}

function decode(segment: string): string {
	try {
		return decodeURIComponent(segment);
	} catch {
		return segment;
	}
}

function bodyOf({ body, method }: WebRequest): JsonObject {
	if (body.trim() === "" || method === "GET") return {};
	let value: unknown;
	try {
		value = JSON.parse(body);
	} catch {
		throw new ControlFault(400, ["The body must be JSON."]);
	}
	if (!isObject(value)) throw new ControlFault(400, ["The body must be a JSON object."]);
	return value;
}
