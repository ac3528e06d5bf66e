import { Plural } from "@lingui/react/macro";
import { useLayoutEffect, useRef, useState } from "react";
import { dayText } from "../time/format.ts";

export interface MoreLinkProps {
	readonly count: number;
	/** "+10" */
	readonly text: string;
	readonly locale: string;
}

/** What of a day is a press away, for those too who do not see where it stands. */
export function MoreLink({ count, text, locale }: MoreLinkProps) {
	const element = useRef<HTMLSpanElement>(null);
	// FullCalendar draws it within its day, and does not tell which that is.
	const [date, setDate] = useState<string>();
	useLayoutEffect(() => setDate(element.current?.closest<HTMLElement>("[data-date]")?.dataset.date), []);
	const day = date === undefined ? "" : dayText(date, locale, DAY);
	return (
		<>
			<span ref={element} aria-hidden="true">
				{text}
			</span>
			<span className="sr-only">
				<Plural value={count} one={`# more event on ${day}`} other={`# more events on ${day}`} />
			</span>
		</>
	);
}

const DAY: Intl.DateTimeFormatOptions = { weekday: "long", day: "numeric", month: "long" };
