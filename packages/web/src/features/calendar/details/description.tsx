import { Fragment, useMemo } from "react";
import { partsOf } from "./description.ts";

/** What a description says: its text and links, nothing else of it. */
export function Description({ text }: { readonly text: string }) {
	const parts = useMemo(() => partsOf(text), [text]);
	return (
		// biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
		<p dir="auto" tabIndex={0} className="max-h-52 overflow-y-auto border-t border-line pt-2.5 whitespace-pre-line">
			{parts.map(({ text: words, href }, index) => {
				const place = `${index} ${href}`;
				return href === null ? (
					<Fragment key={place}>{words}</Fragment>
				) : (
					<a
						key={place}
						href={href}
						target="_blank"
						rel="noopener noreferrer nofollow"
						className="text-accent underline"
					>
						{words}
					</a>
				);
			})}
		</p>
	);
}
