import { useLingui } from "@lingui/react/macro";
import { colorDistance, PALETTE } from "../../../ui/calendar-color.ts";

/** What people call a colour: its own name, else that of the nearest that has one. @param color #rrggbb */
export function useColorName(): (color: string) => string {
	const { t } = useLingui();
	const [blueberry, tangerine, basil, grape, mustard, orchid, peacock, olive, tomato, graphite] = PALETTE;
	const named: readonly (readonly [color: string, name: string])[] = [
		[blueberry, t`Blueberry`],
		[tangerine, t`Tangerine`],
		[basil, t`Basil`],
		[grape, t`Grape`],
		[mustard, t`Mustard`],
		[orchid, t`Orchid`],
		[peacock, t`Peacock`],
		[olive, t`Olive`],
		[tomato, t`Tomato`],
		[graphite, t`Graphite`],
		// Google's of events, as its calendar names them (the API's colours of `colors.get`).
		["#a4bdfc", t`Lavender`],
		["#7ae7bf", t`Sage`],
		["#dbadff", t`Grape`],
		["#ff887c", t`Flamingo`],
		["#fbd75b", t`Banana`],
		["#ffb878", t`Tangerine`],
		["#46d6db", t`Peacock`],
		["#e1e1e1", t`Graphite`],
		["#5484ed", t`Blueberry`],
		["#51b749", t`Basil`],
		["#dc2127", t`Tomato`],
	];
	return (color) => {
		const far = ([one]: (typeof named)[number]) => colorDistance(one, color);
		const [, name] = named.reduce((best, one) => (far(one) < far(best) ? one : best), [blueberry, t`Blueberry`]);
		// What an event has brought along may be of the same name as one that is offered beside it.
		return PALETTE.some((one) => one === color) ? name : t`${name}, as the event has it`;
	};
}
