import { useEffect, useState } from "react";

/**
 * Once this is gone, focus is where it was before it came, unless something else has taken it. For a dialog that another
 * follows: that one would give the focus back to the first, which is no more.
 */
export function useReturnFocus(): void {
	const [before] = useState(() => document.activeElement);
	useEffect(
		() => () => {
			requestAnimationFrame(() => {
				if (document.activeElement === document.body && before instanceof HTMLElement) before.focus();
			});
		},
		[before],
	);
}
