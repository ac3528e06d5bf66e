import type { CalendarEvent } from "@kalends/client";
import { useLingui } from "@lingui/react/macro";
import { X } from "lucide-react";
import { type ClipboardEvent, type KeyboardEvent, useId, useRef, useState } from "react";
import { type EventValues, withTypedGuests } from "../form/values.ts";
import { addressesIn } from "./addresses.ts";

export interface GuestsFieldProps {
	readonly value: GuestValues;
	readonly onChange: (value: GuestValues) => void;
	/** Those who are there already, with their answers. */
	readonly known: CalendarEvent["participants"];
	/** Somebody tried to save what is typed, and no address. */
	readonly faulty: boolean;
	readonly error?: string | undefined;
}

type GuestValues = Pick<EventValues, "guests" | "guestText">;

/** Guests as chips. Enter, comma, pasting a list and leaving the field add what was typed; what is no address stays typed. */
export function GuestsField({ value, onChange, known, faulty, error }: GuestsFieldProps) {
	const { t } = useLingui();
	const id = useId();
	const [tried, setTried] = useState(false);
	const field = useRef<HTMLInputElement>(null);
	const { guests, guestText: typed } = value;
	const add = (text: string) => {
		setTried(true);
		onChange(withTypedGuests({ guests, guestText: typed }, text));
	};
	const onKeyDown = (event: KeyboardEvent) => {
		if ((event.key === "Enter" || event.key === "," || event.key === ";") && typed.trim() !== "") {
			event.preventDefault();
			add(typed);
		} else if (event.key === "Backspace" && typed === "" && guests.length > 0) {
			onChange({ guests: guests.slice(0, -1), guestText: "" });
		}
	};
	const onPaste = (event: ClipboardEvent) => {
		const text = event.clipboardData.getData("text");
		if (!/[,;\n]/.test(text.trim())) return;
		event.preventDefault();
		add(`${typed},${text}`);
	};
	const answers = {
		accepted: t`coming`,
		declined: t`not coming`,
		tentative: t`perhaps`,
		needs_action: t`no answer yet`,
	};
	const { rest } = addressesIn(typed);
	const problem =
		rest !== "" && (tried || faulty) ? t`“${rest}” is no e-mail address. Write name@example.com, or remove it.` : error;
	return (
		<div className="grid gap-1.5">
			<label htmlFor={id} className="text-sm font-medium">
				{t`Guests`}
			</label>
			<div className="flex min-h-10 flex-wrap items-center gap-1.5 rounded-lg border border-line-strong bg-surface p-1.5 has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent">
				<ul className="contents" aria-label={t`Invited`}>
					{guests.map((guest) => {
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
										onChange({ guests: guests.filter(({ email }) => email !== guest.email), guestText: typed });
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
					placeholder={guests.length === 0 ? t`name@example.com` : ""}
					aria-invalid={problem === undefined ? undefined : true}
					aria-describedby={problem === undefined ? undefined : `${id}-error`}
					onChange={({ target }) => onChange({ guests, guestText: target.value })}
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
