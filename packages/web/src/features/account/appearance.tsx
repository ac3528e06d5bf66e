import type { Me } from "@kalends/client";
import { useLingui } from "@lingui/react/macro";
import { useMeUpdate } from "../../api/use-me-update.ts";
import { Select, Switch } from "../../ui/field.tsx";
import { Failed } from "../session/failed.tsx";

const THEMES = ["system", "light", "dark"] as const;

/** Theme, density and single keys; each holds at once, in every browser where one is signed in. */
export function Appearance({ me: { preferences } }: { readonly me: Me }) {
	const { t } = useLingui();
	const update = useMeUpdate();
	const set = (changed: Partial<Me["preferences"]>) => update.mutate({ preferences: changed });
	const themes = { system: t`As the device has it`, light: t`Light`, dark: t`Dark` };
	return (
		<>
			<div className="grid gap-4 sm:grid-cols-2">
				<Select
					label={t`Theme`}
					value={preferences.theme}
					onChange={({ target }) => set({ theme: THEMES.find((one) => one === target.value) ?? "system" })}
				>
					{THEMES.map((one) => (
						<option key={one} value={one}>
							{themes[one]}
						</option>
					))}
				</Select>
				<Select
					label={t`Density`}
					value={preferences.density}
					onChange={({ target }) => set({ density: target.value === "compact" ? "compact" : "comfortable" })}
				>
					<option value="comfortable">{t`Comfortable`}</option>
					<option value="compact">{t`Compact`}</option>
				</Select>
			</div>
			<Switch
				label={t`Single-key shortcuts (? lists them)`}
				checked={preferences.shortcuts}
				onChange={(shortcuts) => set({ shortcuts })}
			/>
			<Failed error={update.error} />
		</>
	);
}
