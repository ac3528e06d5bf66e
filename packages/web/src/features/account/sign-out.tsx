import { useLingui } from "@lingui/react/macro";
import { useMutation } from "@tanstack/react-query";
import { LogOut } from "lucide-react";
import { kalends } from "../../api/kalends.ts";
import { Button } from "../../ui/button.tsx";
import { Failed } from "../session/failed.tsx";

/** Ends the session; nothing of it stays in the page. */
export function SignOut() {
	const { t } = useLingui();
	const signOut = useMutation({
		mutationFn: () => kalends.sessions.signOut(),
		// Loading anew forgets everything that was read.
		onSuccess: () => location.assign("/sign-in"),
	});
	return (
		<div className="flex flex-wrap items-center gap-3">
			<Failed error={signOut.error} />
			<Button busy={signOut.isPending || signOut.isSuccess} onClick={() => signOut.mutate()}>
				<LogOut aria-hidden="true" className="size-4" />
				{t`Sign out`}
			</Button>
		</div>
	);
}
