import { failureOf, Notice } from "../../ui/states.tsx";

/** Why a form was not taken; nothing where nothing failed. */
export function Failed({ error }: { readonly error: unknown }) {
	if (error === null || error === undefined) return null;
	const { detail, fix } = failureOf(error);
	return (
		<div role="alert">
			<Notice tone="danger">
				{detail} {fix}
			</Notice>
		</div>
	);
}
