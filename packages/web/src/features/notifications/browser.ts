import { createStore } from "../../ui/store.ts";

/** Whether the browser shows notifications of this page: `unsupported` where it cannot. */
export type BrowserPermission = NotificationPermission | "unsupported";

export const browserPermission = createStore<BrowserPermission>(
	"Notification" in globalThis ? Notification.permission : "unsupported",
);

/** Asks the person, and shows one at once, as some browsers allow what they then cannot do. */
export async function allowBrowserNotifications(example: string): Promise<void> {
	if (browserPermission.get() === "unsupported") return;
	browserPermission.set(await Notification.requestPermission());
	if (browserPermission.get() === "granted")
		showInBrowser({ id: "example", title: example, detail: "" }, () => undefined);
}

/** The same in several tabs is one. */
export function showInBrowser(
	{ id, title, detail }: { readonly id: string; readonly title: string; readonly detail: string },
	onOpen: () => void,
): void {
	if (browserPermission.get() !== "granted") return;
	try {
		const shown = new Notification(title, { body: detail, tag: id, icon: "/icon.svg" });
		shown.onclick = () => {
			window.focus();
			shown.close();
			onOpen();
		};
	} catch {
		// Browsers of phones allow them to service workers alone.
		browserPermission.set("unsupported");
	}
}
