import { Trans } from "@lingui/react/macro";
import { buttonClass } from "../../ui/button.tsx";

/** Signs in by Google's consent page, which makes an account here where sign-up is open. @param returnTo a path of the app */
export function GoogleLink({ returnTo = "/" }: { readonly returnTo?: string | undefined }) {
	return (
		<a
			href={`/connect/google/sign-in?${new URLSearchParams({ return_to: returnTo })}`}
			className={buttonClass("secondary")}
		>
			<Trans>Sign in with Google</Trans>
		</a>
	);
}
