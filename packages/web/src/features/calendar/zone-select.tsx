import { useLingui } from "@lingui/react/macro";
import { type ReactNode, useMemo } from "react";
import { Select } from "../../ui/field.tsx";
import { offsetText, zonePlace } from "./time/format.ts";

export interface ZoneSelectProps {
	readonly label: ReactNode;
	/** IANA; "" where `none` is offered. */
	readonly value: string;
	readonly onChange: (zone: string) => void;
	/** Epoch milliseconds: offsets are those of then. */
	readonly at: number;
	/** Zones to offer before all others. */
	readonly first?: readonly string[];
	/** What no zone at all is called; not offered without. */
	readonly none?: string;
}

/** Every zone that the browser knows, by part of the world. */
export function ZoneSelect({ label, value, onChange, at, first = [], none }: ZoneSelectProps) {
	const { t } = useLingui();
	const day = Math.floor(at / 86_400_000) * 86_400_000;
	const groups = useMemo(() => zoneGroups(day), [day]);
	const near = [...new Set([...first, ...(value === "" ? [] : [value])])];
	return (
		<Select label={label} value={value} onChange={({ target }) => onChange(target.value)}>
			{none === undefined ? null : <option value="">{none}</option>}
			<optgroup label={t`Near at hand`}>
				{near.map((zone) => (
					<option key={zone} value={zone}>
						{optionText(zone, day)}
					</option>
				))}
			</optgroup>
			{groups.map(([area, zones]) => (
				<optgroup key={area} label={area}>
					{zones
						.filter(({ zone }) => !near.includes(zone))
						.map(({ zone, text }) => (
							<option key={zone} value={zone}>
								{text}
							</option>
						))}
				</optgroup>
			))}
		</Select>
	);
}

interface ZoneOption {
	readonly zone: string;
	readonly text: string;
}

function zoneGroups(at: number): readonly (readonly [string, readonly ZoneOption[]])[] {
	const groups = new Map<string, ZoneOption[]>();
	for (const zone of Intl.supportedValuesOf("timeZone")) {
		const area = zone.includes("/") ? (zone.split("/")[0] ?? zone) : "UTC";
		const group = groups.get(area) ?? [];
		groups.set(area, group);
		group.push({ zone, text: optionText(zone, at) });
	}
	return [...groups];
}

function optionText(zone: string, at: number): string {
	return `${zonePlace(zone)} (${offsetText(at, zone)})`;
}
