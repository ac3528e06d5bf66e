import type { CalendarEvent } from "@kalends/client";
import { useLingui } from "@lingui/react/macro";
import { X } from "lucide-react";
import { type ClipboardEvent, type KeyboardEvent, useId, useRef, useState } from "react";
import type { Guest } from "../form/values.ts";
import { addressesIn } from "./addresses.ts";

export interface GuestsFieldProps {
	readonly value: readonly Guest[];
	readonly onChange: (guests: readonly Guest[]) => void;
	/** Those who are there already, with their answers. */
	readonly known: CalendarEvent["participants"];
	readonly error?: string | undefined;
}

/** Guests as chips. Enter, comma, pasting a list and leaving the field add what was typed. */
export function GuestsField({ value, onChange, known, error }: GuestsFieldProps) {
	const { t } = useLingui();
	const id = useId();
	const [typed, setTyped] = useState("");
	const [refused, setRefused] = useState<string | null>(null);
	const field = useRef<HTMLInputElement>(null);
	const add = (text: string) => {
		const { addresses, rest } = addressesIn(text);
		const there = new Set(value.map(({ email }) => email.toLowerCase()));
		const fresh = addresses.filter(({ email }) => !there.has(email.toLowerCase()));
		if (fresh.length > 0) onChange([...value, ...fresh.map(({ email, name }) => ({ email, name, optional: false }))]);
		setTyped(rest);
		setRefused(rest === "" ? null : t`“${rest}” is no e-mail address.`);
	};
	const onKeyDown = (event: KeyboardEvent) => {
		if ((event.key === "Enter" || event.key === "," || event.key === ";") && typed.trim() !== "") {
			event.preventDefault();
			add(typed);
		} else if (event.key === "Backspace" && typed === "" && value.length > 0) {
			onChange(value.slice(0, -1));
		}
	};
	const onPaste = (event: ClipboardEvent) => {
		const text = event.clipboardData.getData("text");
		if (!/[,;\n]/.test(text.trim())) return;
		event.preventDefault();
		add(text);
	};
	const answers = {
		accepted: t`coming`,
		declined: t`not coming`,
		tentative: t`perhaps`,
		needs_action: t`no answer yet`,
	};
	const problem = refused ?? error;
	return (
		<div className="grid gap-1.5">
			<label htmlFor={id} className="text-sm font-medium">
				{t`Guests`}
			</label>
			<div className="flex min-h-10 flex-wrap items-center gap-1.5 rounded-lg border border-line-strong bg-surface p-1.5 has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent">
				<ul className="contents" aria-label={t`Invited`}>
					{value.map((guest) => {
						const answer = known.find(({ email }) => email === guest.email)?.response;
						const label = guest.name ?? guest.email;
						return (
							<li
								key={guest.email}
								title={guest.email}
								className="flex min-h-7 max-w-full items-center gap-1 rounded-full border border-line bg-sunken ps-3 text-sm"
							>
								<span dir="auto" className="truncate">
									{label}
								</span>
								{answer === undefined ? null : <span className="text-xs text-muted">{answers[answer]}</span>}
								<button
									type="button"
									aria-label={t`Remove ${label}`}
									onClick={() => {
										onChange(value.filter(({ email }) => email !== guest.email));
										field.current?.focus();
									}}
									className="grid size-7 place-items-center rounded-full hover:bg-hover pointer-coarse:size-11"
								>
									<X aria-hidden="true" className="size-3.5" />
								</button>
							</li>
						);
					})}
				</ul>
				<input
					id={id}
					ref={field}
					type="text"
					inputMode="email"
					autoComplete="off"
					value={typed}
					placeholder={value.length === 0 ? t`name@example.com` : ""}
					aria-invalid={problem === undefined ? undefined : true}
					aria-describedby={problem === undefined ? undefined : `${id}-error`}
					onChange={({ target }) => setTyped(target.value)}
					onKeyDown={onKeyDown}
					onPaste={onPaste}
					onBlur={() => typed.trim() !== "" && add(typed)}
					className="min-h-7 min-w-40 flex-1 bg-transparent px-1.5 outline-none placeholder:text-muted"
				/>
			</div>
			{problem === undefined ? null : (
				<p id={`${id}-error`} className="text-sm font-medium text-danger">
					{problem}
				</p>
			)}
		</div>
	);
}
