/** Vite's manifest: the file of each chunk, and which others it imports. */
export type Manifest = Readonly<Record<string, { readonly file: string; readonly imports?: readonly string[] }>>;

const ENTRY = "index.html";

/** The module of each page, by the first part of its address; the others wait until they are gone to. */
const PAGES: Readonly<Record<string, string>> = {
	"": "src/features/dashboard/dashboard-page.tsx",
	calendar: "src/features/calendar/calendar-page.tsx",
	settings: "src/features/settings/settings-page.tsx",
	developers: "src/features/developers/developers-page.tsx",
	admin: "src/features/admin/admin-page.tsx",
	account: "src/features/account/account-page.tsx",
	notifications: "src/features/notifications/notifications-page.tsx",
	bookings: "src/features/bookings/bookings-page.tsx",
	"sign-in": "src/features/session/sign-in-page.tsx",
	"sign-up": "src/features/session/sign-up-page.tsx",
	setup: "src/features/setup/setup-page.tsx",
};

/** Whether the app has a page at this first part of an address (packages/web/src/app/router.tsx). */
export function isPage(first: string): boolean {
	return Object.hasOwn(PAGES, first);
}

/** Elements that have the browser fetch all scripts of a page at once, and not one after the other as they are found. */
export function preloadsOf(manifest: Manifest, first: string): string {
	const module = PAGES[first];
	const files = new Set<string>();
	const visit = (name: string) => {
		const chunk = manifest[name];
		if (chunk === undefined || files.has(chunk.file)) return;
		files.add(chunk.file);
		chunk.imports?.forEach(visit);
	};
	visit(ENTRY);
	const entry = manifest[ENTRY]?.file;
	if (module !== undefined) visit(module);
	return [...files]
		.filter((file) => file !== entry && file.endsWith(".js"))
		.map((file) => `<link rel="modulepreload" crossorigin href="/${file}">`)
		.join("");
}
