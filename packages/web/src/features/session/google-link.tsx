import { Trans } from "@lingui/react/macro";
import { buttonClass } from "../../ui/button.tsx";

interface GoogleLinkProps {
	/** A path of the app. */
	readonly returnTo?: string | undefined;
	/** Called when it was followed into a window of its own, so that this page stays; without it, it leads away from here. */
	readonly onOpened?: () => void;
}

/** Signs in by Google's consent page, which makes an account here where sign-up is open. */
export function GoogleLink({ returnTo = "/", onOpened }: GoogleLinkProps) {
	const href = `/connect/google/sign-in?${new URLSearchParams({ return_to: returnTo })}`;
	return onOpened === undefined ? (
		<a href={href} className={buttonClass("secondary")}>
			<Trans>Sign in with Google</Trans>
		</a>
	) : (
		<a
			href={href}
			target="_blank"
			rel="noopener"
			className={buttonClass("secondary")}
			onClick={(event) => {
				// A window that a script has opened can close itself; where none may be opened, the link makes a tab.
				if (window.open(href, "_blank", "popup,width=520,height=680") !== null) event.preventDefault();
				onOpened();
			}}
		>
			<Trans>Sign in with Google</Trans>
		</a>
	);
}
