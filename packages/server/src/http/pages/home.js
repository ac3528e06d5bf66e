const element = (id) => document.getElementById(id);

async function ask(method, path, body) {
	const init = { method, headers: {} };
	if (body !== undefined) {
		init.headers["content-type"] = "application/json";
		init.body = JSON.stringify(body);
	}
	// biome-ignore lint/style/noRestrictedGlobals: this runs in the browser, which asks its own server.
	const response = await fetch(path, init);
	const answer = response.status === 204 ? null : await response.json();
	if (response.ok) return answer;
	throw new Error([answer.detail, answer.fix].filter(Boolean).join(" "));
}

async function attempt(action) {
	element("problem").textContent = "";
	try {
		await action();
	} catch (error) {
		element("problem").textContent = error.message;
	}
}

const isFirst = () => document.body.dataset.accounts.startsWith("first");

function show(user) {
	if (user !== null && isFirst()) document.body.dataset.accounts = "sign-in";
	element("enter").hidden = user !== null;
	element("signed-in").hidden = user === null;
	element("who").textContent = user?.email ?? "";
	element("key").textContent = "";
	element("connections").replaceChildren();
	if (user !== null) attempt(showConnections);
}

async function showConnections() {
	const { data } = await ask("GET", "/v1/connections");
	const items = data.map(({ name, provider, status, status_detail, fix }) => {
		const item = document.createElement("li");
		item.textContent = [`${name} (${provider}): ${status.replaceAll("_", " ")}`, status_detail, fix]
			.filter(Boolean)
			.join(". ");
		return item;
	});
	element("connections").replaceChildren(...items);
}

element("enter").addEventListener("submit", (event) => {
	event.preventDefault();
	attempt(async () => {
		const action = isFirst() ? "sign-up" : (event.submitter?.value ?? "sign-in");
		const { email, password, code } = Object.fromEntries(new FormData(event.target));
		const fields = action === "sign-up" && code !== "" ? { email, password, code } : { email, password };
		show((await ask("POST", `/api/auth/${action}/email`, fields)).user);
		event.target.reset();
	});
});

element("connect-google").addEventListener("click", () =>
	attempt(async () => {
		const asked = { provider: "google", return_to: "/" };
		const { authorization_url } = await ask("POST", "/v1/connections/authorize", asked);
		location.assign(authorization_url);
	}),
);

element("make-key").addEventListener("click", () =>
	attempt(async () => {
		const { key } = await ask("POST", "/v1/api-keys", { name: "made in the browser", scopes: ["read", "write"] });
		element("key").textContent = key;
	}),
);

element("sign-out").addEventListener("click", () =>
	attempt(async () => {
		await ask("POST", "/api/auth/sign-out", {});
		show(null);
	}),
);

attempt(async () => show((await ask("GET", "/api/auth/get-session"))?.user ?? null));
