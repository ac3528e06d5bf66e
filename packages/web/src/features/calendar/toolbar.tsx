import { useLingui } from "@lingui/react/macro";
import { ChevronLeft, ChevronRight, PanelLeft, Plus, Search, X } from "lucide-react";
import { type RefObject, useEffect, useRef, useState } from "react";
import { Button, IconButton } from "../../ui/button.tsx";
import { dayText } from "./time/format.ts";
import { daysShown, stepped, type View } from "./url/state.ts";
import type { CalendarUrl } from "./use-calendar.ts";
import { ZonePicker } from "./zone-picker.tsx";

export interface ToolbarProps {
	readonly url: CalendarUrl;
	readonly onCreate: () => void;
	readonly onSidebar: () => void;
	readonly sidebarShown: boolean;
	readonly searchField: RefObject<HTMLInputElement | null>;
	readonly dateField: RefObject<HTMLInputElement | null>;
}

export function Toolbar({ url, onCreate, onSidebar, sidebarShown, searchField, dateField }: ToolbarProps) {
	const { t } = useLingui();
	const { state, reading, today, isPhone, go } = url;
	const { view, date } = state;
	const title = useTitle(url);
	return (
		<div className="sm:@container grid gap-2 border-b border-line bg-surface px-3 py-2 sm:px-4">
			<div className="flex flex-wrap items-center gap-x-1 gap-y-1.5 sm:gap-x-1.5">
				<IconButton label={t`Calendars`} aria-expanded={sidebarShown} onClick={onSidebar}>
					<PanelLeft aria-hidden="true" className="size-5" />
				</IconButton>
				<Button onClick={() => go({ date: undefined })} aria-current={date === today ? "date" : undefined}>
					{t`Today`}
				</Button>
				<div className="flex">
					<IconButton label={t`Previous`} onClick={() => go({ date: stepped(view, date, -1) })}>
						<ChevronLeft aria-hidden="true" className="size-5 rtl:rotate-180" />
					</IconButton>
					<IconButton label={t`Next`} onClick={() => go({ date: stepped(view, date, 1) })}>
						<ChevronRight aria-hidden="true" className="size-5 rtl:rotate-180" />
					</IconButton>
				</div>
				<label className="relative min-w-0 rounded-lg lg:shrink-0 max-sm:order-first max-sm:w-full has-focus-visible:outline-2 has-focus-visible:outline-accent">
					<h1 dir="auto" className="truncate text-lg font-semibold @7xl:text-xl">
						{title}
					</h1>
					<input
						ref={dateField}
						type="date"
						aria-label={t`Go to date`}
						value={date}
						onClick={(event) => event.currentTarget.showPicker()}
						onChange={({ target }) => target.value !== "" && go({ date: target.value })}
						className="absolute inset-0 size-full cursor-pointer opacity-0"
					/>
				</label>
				<div className="ms-auto flex min-w-0 flex-wrap items-center justify-end gap-1 sm:gap-1.5">
					{isPhone ? null : <ZonePicker url={url} />}
					<SearchField url={url} field={searchField} />
					<ViewSwitch
						view={view}
						folded={isPhone || state.q !== null}
						isPhone={isPhone}
						onChange={(next) => go({ view: next })}
					/>
					<Button
						kind="primary"
						onClick={onCreate}
						aria-label={t`New event`}
						className="shrink-0 whitespace-nowrap max-sm:fixed max-sm:end-4 max-sm:bottom-20 max-sm:z-20 max-sm:size-14 max-sm:rounded-full max-sm:shadow-raised"
					>
						<Plus aria-hidden="true" className="size-5" />
						<span
							className={`max-sm:sr-only ${state.q === null ? "@max-5xl:sr-only" : "@max-7xl:sr-only"}`}
						>{t`New event`}</span>
					</Button>
				</div>
			</div>
			{isPhone && reading.zone !== url.ownZone ? <ZonePicker url={url} /> : null}
		</div>
	);
}

function useTitle({ state: { view, date }, reading: { locale, weekStart } }: CalendarUrl): string {
	const { from, to } = daysShown(view, date, weekStart);
	if (view === "month") return dayText(date, locale, { month: "long", year: "numeric" });
	if (view === "day") return dayText(date, locale, { day: "numeric", month: "long", year: "numeric" });
	const last = Temporal.PlainDate.from(to).subtract({ days: 1 });
	const noon = (day: Temporal.PlainDate) =>
		day.toZonedDateTime({ timeZone: "UTC", plainTime: "12:00" }).epochMilliseconds;
	const format = new Intl.DateTimeFormat(locale, { timeZone: "UTC", day: "numeric", month: "short", year: "numeric" });
	return format.formatRange(noon(Temporal.PlainDate.from(from)), noon(last));
}

interface ViewSwitchProps {
	readonly view: View;
	readonly isPhone: boolean;
	/** One field, where there is little room. */
	readonly folded: boolean;
	readonly onChange: (view: View) => void;
}

function ViewSwitch({ view, isPhone, folded, onChange }: ViewSwitchProps) {
	const { t } = useLingui();
	const names: Readonly<Record<View, string>> = {
		month: t`Month`,
		week: t`Week`,
		days: t`3 days`,
		day: t`Day`,
		agenda: t`Agenda`,
	};
	const offered: readonly View[] = isPhone ? ["agenda", "day", "days", "month"] : ["month", "week", "day", "agenda"];
	const select = (
		<select
			aria-label={t`View`}
			value={view}
			onChange={({ target }) => onChange(target.value as View)}
			className={`min-h-9 shrink-0 rounded-lg border border-line-strong bg-surface ps-2 pe-8 text-sm font-medium ${folded ? "@7xl:hidden" : "@5xl:hidden"}`}
		>
			{offered.map((one) => (
				<option key={one} value={one}>
					{names[one]}
				</option>
			))}
		</select>
	);
	return (
		<>
			{select}
			<fieldset
				aria-label={t`View`}
				className={`hidden shrink-0 whitespace-nowrap rounded-lg border border-line-strong p-0.5 ${folded ? "@7xl:flex" : "@5xl:flex"}`}
			>
				{offered.map((one) => (
					<button
						key={one}
						type="button"
						aria-pressed={one === view}
						onClick={() => onChange(one)}
						className="min-h-8 rounded-md px-2.5 text-sm font-medium hover:bg-hover aria-pressed:bg-accent-soft"
					>
						{names[one]}
					</button>
				))}
			</fieldset>
		</>
	);
}

const TYPING_MS = 250;

function SearchField({ url: { state, go }, field }: { url: CalendarUrl; field: RefObject<HTMLInputElement | null> }) {
	const { t } = useLingui();
	const open = state.q !== null;
	const [typed, setTyped] = useState(state.q ?? "");
	const latest = useRef(state.q);
	latest.current = state.q;
	/** What came into the address from here: the person may have typed on since. Else it was gone to. */
	const own = useRef(new Set<string | null>());
	useEffect(() => {
		if (state.q !== null && !own.current.has(state.q)) setTyped(state.q);
	}, [state.q]);
	useEffect(() => {
		if (!open || typed === (latest.current ?? "")) return;
		const timer = setTimeout(() => {
			own.current.add(typed);
			go({ q: typed }, { replace: true });
		}, TYPING_MS);
		return () => clearTimeout(timer);
	}, [typed, open, go]);
	const button = useRef<HTMLButtonElement>(null);
	useEffect(() => {
		if (!open) return;
		field.current?.focus();
		return () => {
			setTyped("");
			own.current.clear();
			// It went with the field, unless something else took it.
			if (document.activeElement === document.body) button.current?.focus();
		};
	}, [open, field]);
	if (!open) {
		return (
			<IconButton ref={button} label={t`Search`} onClick={() => go({ q: "" })}>
				<Search aria-hidden="true" className="size-5" />
			</IconButton>
		);
	}
	return (
		<search className="flex min-w-0 items-center max-sm:order-first max-sm:w-full rounded-lg border border-line-strong bg-surface ps-2.5">
			<Search aria-hidden="true" className="size-4 shrink-0 text-muted" />
			<input
				ref={field}
				type="search"
				dir="auto"
				value={typed}
				aria-label={t`Search in the calendar`}
				placeholder={t`Title, place, guest…`}
				onChange={({ target }) => setTyped(target.value)}
				onKeyDown={({ key }) => key === "Escape" && go({ q: undefined })}
				className="min-h-9 w-full min-w-0 bg-transparent px-2 text-sm outline-none sm:w-48 [&::-webkit-search-cancel-button]:hidden"
			/>
			<IconButton label={t`End the search`} onClick={() => go({ q: undefined })}>
				<X aria-hidden="true" className="size-4" />
			</IconButton>
		</search>
	);
}
