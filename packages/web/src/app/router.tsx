import { createRootRoute, createRoute, createRouter, Outlet, redirect } from "@tanstack/react-router";
import { instanceQuery, sessionQuery } from "../api/queries.ts";
import { queryClient } from "../api/query-client.ts";
import { later } from "../ui/later.tsx";
import { CrashPage, LoadingPage } from "./fallback-pages.tsx";
import { Shell } from "./shell.tsx";

/** Every address of the app. Pages are loaded when they are first gone to; what they read of the address is typed here. */

const NotFoundPage = later(() => import("./not-found-page.tsx"), "NotFoundPage");

const root = createRootRoute({
	component: Outlet,
	notFoundComponent: NotFoundPage,
});

/** Where to go once signed in: a path of this app, nothing else. */
function returnTo(search: Record<string, unknown>): { return_to?: string } {
	const { return_to: path } = search;
	return typeof path === "string" && /^\/(?![/\\])/.test(path) ? { return_to: path } : {};
}

const signIn = createRoute({
	getParentRoute: () => root,
	path: "/sign-in",
	validateSearch: returnTo,
	beforeLoad: async () => {
		if ((await queryClient.ensureQueryData(instanceQuery)).first_account !== null) throw redirect({ to: "/setup" });
	},
	component: later(() => import("../features/session/sign-in-page.tsx"), "SignInPage"),
});

const signedInDone = createRoute({
	getParentRoute: () => root,
	path: "/sign-in/done",
	validateSearch: (search: Record<string, unknown>): { instead?: string } => text(search, ["instead"]),
	component: later(() => import("../features/session/signed-in-page.tsx"), "SignedInPage"),
});

const signUp = createRoute({
	getParentRoute: () => root,
	path: "/sign-up",
	component: later(() => import("../features/session/sign-up-page.tsx"), "SignUpPage"),
});

/** The first run: without anybody's session the first account, then the checklist. */
const setup = createRoute({
	getParentRoute: () => root,
	path: "/setup",
	beforeLoad: async () => {
		const [instance, session] = await Promise.all([
			queryClient.ensureQueryData(instanceQuery),
			queryClient.ensureQueryData(sessionQuery),
		]);
		if (instance.first_account === null && session === null) {
			throw redirect({ to: "/sign-in", search: { return_to: "/setup" } });
		}
	},
	component: later(() => import("../features/setup/setup-page.tsx"), "SetupPage"),
});

/** All that needs somebody to be signed in. */
const signedIn = createRoute({
	getParentRoute: () => root,
	id: "signed-in",
	beforeLoad: async ({ location }) => {
		if ((await queryClient.ensureQueryData(sessionQuery)) !== null) return;
		const { first_account } = await queryClient.ensureQueryData(instanceQuery);
		if (first_account !== null) throw redirect({ to: "/setup" });
		const search = location.href === "/" ? {} : { return_to: location.href };
		throw redirect({ to: "/sign-in", search });
	},
	component: Shell,
});

const dashboard = createRoute({
	getParentRoute: () => signedIn,
	path: "/",
	validateSearch: (search: Record<string, unknown>): { event?: string } => text(search, ["event"]),
	component: later(() => import("../features/dashboard/dashboard-page.tsx"), "DashboardPage"),
});

const calendar = createRoute({
	getParentRoute: () => signedIn,
	path: "/calendar",
	validateSearch: (
		search: Record<string, unknown>,
	): { view?: string; date?: string; zone?: string; second_zone?: string; q?: string; hide?: string; event?: string } =>
		text(search, ["view", "date", "zone", "second_zone", "q", "hide", "event"]),
	component: later(() => import("../features/calendar/calendar-page.tsx"), "CalendarPage"),
});

const newEvent = createRoute({
	getParentRoute: () => signedIn,
	path: "/calendar/new",
	component: later(() => import("../features/editor/page/event-page.tsx"), "NewEventPage"),
});

const editEvent = createRoute({
	getParentRoute: () => signedIn,
	path: "/calendar/event/$eventId",
	component: later(() => import("../features/editor/page/event-page.tsx"), "EditEventPage"),
});

const settings = createRoute({
	getParentRoute: () => signedIn,
	path: "/settings",
	beforeLoad: ({ location }) => {
		if (location.pathname.replace(/\/$/, "") === "/settings") throw redirect({ to: "/settings/calendars" });
	},
});

const settingsCalendars = createRoute({
	getParentRoute: () => settings,
	path: "/calendars",
	validateSearch: (search: Record<string, unknown>): { connected?: string } => text(search, ["connected"]),
	component: later(() => import("../features/settings/settings-page.tsx"), "SettingsPage"),
});

const developers = createRoute({
	getParentRoute: () => signedIn,
	path: "/developers",
	component: later(() => import("../features/developers/developers-page.tsx"), "DevelopersPage"),
});

const admin = createRoute({
	getParentRoute: () => signedIn,
	path: "/admin",
	component: later(() => import("../features/admin/admin-page.tsx"), "AdminPage"),
});

const account = createRoute({
	getParentRoute: () => signedIn,
	path: "/account",
	component: later(() => import("../features/account/account-page.tsx"), "AccountPage"),
});

const notifications = createRoute({
	getParentRoute: () => signedIn,
	path: "/notifications",
	component: later(() => import("../features/notifications/notifications-page.tsx"), "NotificationsPage"),
});

const bookings = createRoute({
	getParentRoute: () => signedIn,
	path: "/bookings",
	component: later(() => import("../features/bookings/bookings-page.tsx"), "BookingsPage"),
});

/** Of what the address says, the parts that are text; everything else is as if it were not there. */
function text<Name extends string>(
	search: Record<string, unknown>,
	names: readonly Name[],
): { [key in Name]?: string } {
	const found: { [key in Name]?: string } = {};
	for (const name of names) {
		const value = search[name];
		if (typeof value === "string" || typeof value === "number") found[name] = String(value);
	}
	return found;
}

export const router = createRouter({
	routeTree: root.addChildren([
		signIn,
		signedInDone,
		signUp,
		setup,
		signedIn.addChildren([
			dashboard,
			calendar,
			newEvent,
			editEvent,
			settings.addChildren([settingsCalendars]),
			developers,
			admin,
			account,
			notifications,
			bookings,
		]),
	]),
	defaultPreload: "intent",
	defaultPendingComponent: LoadingPage,
	defaultPendingMs: 150,
	defaultErrorComponent: CrashPage,
	defaultNotFoundComponent: NotFoundPage,
});

declare module "@tanstack/react-router" {
	interface Register {
		router: typeof router;
	}
}
