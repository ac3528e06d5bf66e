import {
	type ComponentPropsWithRef,
	type InputHTMLAttributes,
	type ReactNode,
	type Ref,
	type SelectHTMLAttributes,
	useId,
} from "react";

/** Form fields on the browser's own controls: label, help and error are tied to them. They take `register(…)`'s props. */

interface Around {
	readonly label: ReactNode;
	readonly help?: ReactNode;
	/** What is wrong with it, and how to put it right. */
	readonly error?: string | undefined;
}

const CONTROL =
	"w-full min-w-0 min-h-10 target-touch rounded-lg border border-line-strong bg-surface px-3 py-1.5 text-text " +
	"placeholder:text-muted aria-invalid:border-danger disabled:opacity-60";

function Field({ id, label, help, error, children }: Around & { readonly id: string; readonly children: ReactNode }) {
	return (
		<div className="grid content-start gap-1.5">
			<label htmlFor={id} className="text-sm font-medium">
				{label}
			</label>
			{children}
			{help === undefined ? null : (
				<div id={`${id}-help`} className="text-sm text-muted">
					{help}
				</div>
			)}
			{error === undefined ? null : (
				<p id={`${id}-error`} className="text-sm font-medium text-danger">
					{error}
				</p>
			)}
		</div>
	);
}

function useControl({ help, error }: Pick<Around, "help" | "error">) {
	const id = useId();
	const describedBy = [help === undefined ? "" : `${id}-help`, error === undefined ? "" : `${id}-error`]
		.join(" ")
		.trim();
	return {
		id,
		control: {
			id,
			"aria-describedby": describedBy === "" ? undefined : describedBy,
			"aria-invalid": error === undefined ? undefined : true,
		},
	} as const;
}

export type TextFieldProps = Around & InputHTMLAttributes<HTMLInputElement> & { readonly ref?: Ref<HTMLInputElement> };

export function TextField({ label, help, error, ...input }: TextFieldProps) {
	const { id, control } = useControl({ help, error });
	return (
		<Field {...{ id, label, help, error }}>
			<input type="text" {...input} {...control} className={CONTROL} />
		</Field>
	);
}

export type TextAreaProps = Around & ComponentPropsWithRef<"textarea">;

export function TextArea({ label, help, error, ...input }: TextAreaProps) {
	const { id, control } = useControl({ help, error });
	return (
		<Field {...{ id, label, help, error }}>
			<textarea rows={4} dir="auto" {...input} {...control} className={CONTROL} />
		</Field>
	);
}

export type SelectProps = Around & SelectHTMLAttributes<HTMLSelectElement> & { readonly ref?: Ref<HTMLSelectElement> };

/** Options come as children. */
export function Select({ label, help, error, children, ...select }: SelectProps) {
	const { id, control } = useControl({ help, error });
	return (
		<Field {...{ id, label, help, error }}>
			<select {...select} {...control} className={`${CONTROL} pe-8`}>
				{children}
			</select>
		</Field>
	);
}

export interface SwitchProps {
	readonly label: ReactNode;
	readonly checked: boolean;
	readonly onChange: (checked: boolean) => void;
	readonly disabled?: boolean;
	/** Only for the ear: the label is seen elsewhere. */
	readonly hideLabel?: boolean;
}

/** For what takes effect at once; a choice that is saved later is a Checkbox. */
export function Switch({ label, checked, onChange, disabled, hideLabel = false }: SwitchProps) {
	return (
		<label className="inline-flex min-h-6 target-touch items-center gap-2.5 text-sm">
			<input
				type="checkbox"
				role="switch"
				aria-checked={checked}
				checked={checked}
				disabled={disabled}
				onChange={(event) => onChange(event.target.checked)}
				className="relative h-6 w-10 shrink-0 appearance-none rounded-full border border-line-strong bg-sunken transition-colors before:absolute before:inset-y-0 before:start-[0.1875rem] before:my-auto before:size-4 before:rounded-full before:bg-line-strong before:transition-transform before:content-[''] checked:border-accent checked:bg-accent checked:before:translate-x-4 checked:before:bg-on-accent rtl:checked:before:-translate-x-4 forced-colors:appearance-auto forced-colors:before:hidden"
			/>
			<span className={hideLabel ? "sr-only" : ""}>{label}</span>
		</label>
	);
}

export type CheckboxProps = Omit<InputHTMLAttributes<HTMLInputElement>, "type"> & {
	readonly label: ReactNode;
	readonly ref?: Ref<HTMLInputElement>;
};

export function Checkbox({ label, ...input }: CheckboxProps) {
	return (
		<label className="inline-flex min-h-6 target-touch items-center gap-2.5 text-sm">
			<input type="checkbox" {...input} className="size-5 shrink-0 accent-accent" />
			<span>{label}</span>
		</label>
	);
}
