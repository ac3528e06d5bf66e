import { I18nProvider } from "@lingui/react";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { queryClient } from "./api/query-client.ts";
import { i18n } from "./app/i18n.ts";
import { router } from "./app/router.tsx";
import { followTheme } from "./app/theme.ts";
import "./styles.css";

followTheme();

// Safari has no Temporal of its own yet; the others load nothing.
if (!("Temporal" in globalThis)) await import("temporal-polyfill/global");

const root = document.getElementById("app");
if (root === null) throw new Error("the page has no #app");
createRoot(root).render(
	<StrictMode>
		<I18nProvider i18n={i18n}>
			<QueryClientProvider client={queryClient}>
				<RouterProvider router={router} />
			</QueryClientProvider>
		</I18nProvider>
	</StrictMode>,
);
