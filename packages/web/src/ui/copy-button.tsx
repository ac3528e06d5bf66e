import { useLingui } from "@lingui/react/macro";
import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { IconButton } from "./button.tsx";
import { announce } from "./live-region.tsx";

/** Copies; shows for a moment that it did. */
export function CopyButton({ text, label }: { readonly text: string; readonly label: string }) {
	const { t } = useLingui();
	const [copied, setCopied] = useState(false);
	useEffect(() => {
		if (!copied) return;
		const timer = setTimeout(() => setCopied(false), 2_000);
		return () => clearTimeout(timer);
	}, [copied]);
	const copy = async () => {
		await navigator.clipboard.writeText(text);
		setCopied(true);
		announce(t`Copied`);
	};
	const Icon = copied ? Check : Copy;
	return (
		<IconButton label={label} onClick={() => void copy()}>
			<Icon aria-hidden="true" className="size-4" />
		</IconButton>
	);
}

/** An address or command to be copied as it is. */
export function CopyLine({ text, label }: { readonly text: string; readonly label: string }) {
	return (
		<div className="flex items-center gap-1 rounded-lg border border-line bg-sunken ps-3">
			<code className="min-w-0 flex-1 py-2 text-sm break-all">{text}</code>
			<CopyButton text={text} label={label} />
		</div>
	);
}
