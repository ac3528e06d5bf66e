import { announce } from "./live-region.tsx";
import { shown, type Toast } from "./toast.tsx";

/** Something that was done and can be taken back; the key z is remembered also while it is not through yet. */
export interface Undoable {
	/** Higher for what was begun later. */
	readonly order: number;
	/** Whether it is to be taken back, though it was not through. */
	readonly wanted: () => boolean;
	/** It is through: says so and offers to take it back, for ten seconds. Where that is wanted already, it is done. */
	offer(text: string, undo: () => Promise<void>): void;
	/** There is nothing to take back (any more). */
	end(): void;
}

let made = 0;

/** @param remembered says that it will be taken back as soon as it is through */
export function undoable(remembered: string): Undoable {
	const id = ++made;
	let wanted = false;
	const put = (toast: Omit<Toast, "id">) =>
		shown.set((before) =>
			before.some((one) => one.id === id)
				? before.map((one) => (one.id === id ? { id, ...toast } : one))
				: [...before, { id, ...toast }].sort((one, other) => one.id - other.id),
		);
	const end = () => dismiss(id);
	put({
		text: "",
		undo() {
			wanted = true;
			put({ text: remembered, undo: null });
			announce(remembered);
		},
	});
	return {
		order: id,
		wanted: () => wanted,
		offer(text, undo) {
			if (wanted) return void undo().finally(end);
			put({
				text,
				undo() {
					end();
					void undo();
				},
			});
			announce(text);
		},
		end,
	};
}

/** What is shown of them: nothing that is not through yet, and once what several wait for alike. */
export function linesOf(toasts: readonly Toast[]): readonly Toast[] {
	return toasts.filter(
		({ text, undo }, index) =>
			text !== "" &&
			(undo !== null || !toasts.slice(index + 1).some((later) => later.undo === null && later.text === text)),
	);
}

export function dismiss(id: number): void {
	shown.set((before) => before.filter((toast) => toast.id !== id));
}
