import { useState } from "react";
import { TextField, type TextFieldProps } from "../../../ui/field.tsx";

export interface NumberFieldProps extends Pick<TextFieldProps, "label" | "help" | "error" | "max"> {
	/** 0: it is not filled in, or with no whole number. */
	readonly value: number;
	readonly onChange: (value: number) => void;
}

/** A whole number from 1; what is typed stays as it is typed, also where it is none (yet). */
export function NumberField({ value, onChange, ...field }: NumberFieldProps) {
	const [text, setText] = useState(String(value));
	const shown = numberIn(text) === value ? text : String(value);
	return (
		<TextField
			type="number"
			inputMode="numeric"
			min={1}
			{...field}
			value={shown}
			onChange={({ target }) => {
				setText(target.value);
				onChange(numberIn(target.value));
			}}
		/>
	);
}

function numberIn(text: string): number {
	return /^\d+$/.test(text) ? Number(text) : 0;
}
