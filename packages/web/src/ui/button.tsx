import type { ButtonHTMLAttributes, Ref } from "react";

export type ButtonKind = "primary" | "secondary" | "quiet" | "danger";

const KINDS: Readonly<Record<ButtonKind, string>> = {
	primary: "bg-accent text-on-accent border-transparent hover:bg-accent-hover",
	secondary: "bg-surface text-text border-line-strong hover:bg-hover",
	quiet: "bg-transparent text-text border-transparent hover:bg-hover",
	danger: "bg-danger text-on-danger border-transparent hover:bg-danger-hover",
};

/** Of a button, or a link that looks like one. */
export function buttonClass(kind: ButtonKind = "secondary", more = ""): string {
	return (
		"inline-flex min-h-9 target-touch items-center justify-center gap-2 rounded-lg border px-3 py-1.5 text-sm font-medium " +
		`no-underline transition-colors disabled:opacity-55 aria-disabled:opacity-55 ${KINDS[kind]} ${more}`
	);
}

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
	readonly kind?: ButtonKind;
	/** At work: says so, and takes no second press; keeps its focus. */
	readonly busy?: boolean;
	readonly ref?: Ref<HTMLButtonElement>;
}

export function Button({ kind = "secondary", busy = false, className = "", onClick, children, ...props }: ButtonProps) {
	return (
		<button
			type="button"
			{...props}
			aria-disabled={busy || props["aria-disabled"] || undefined}
			aria-busy={busy || undefined}
			onClick={(event) => {
				if (busy) event.preventDefault();
				else onClick?.(event);
			}}
			className={buttonClass(kind, className)}
		>
			{busy ? <Spinner /> : null}
			{children}
		</button>
	);
}

/** A square button with a picture alone; `label` is its name. */
export function IconButton({ label, className = "", ...props }: ButtonProps & { readonly label: string }) {
	return <Button kind="quiet" aria-label={label} title={label} className={`min-w-9 px-1.5 ${className}`} {...props} />;
}

function Spinner() {
	return (
		<span
			aria-hidden="true"
			className="inline-block size-4 animate-spin rounded-full border-2 border-current border-r-transparent"
		/>
	);
}
