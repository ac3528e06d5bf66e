/** Focuses the event where it is drawn, the first of its parts. @returns whether it is */
export function focusEvent(root: ParentNode, id: string): boolean {
	const element = root.querySelector<HTMLElement>(`[data-event-id="${CSS.escape(id)}"]`);
	element?.focus();
	element?.scrollIntoView({ block: "nearest" });
	return element !== null;
}
