/** Pictures of the shell, one path each: a library's would be a third of what the shell may still grow. */
const PATHS = {
	house: "M3 11 12 3l9 8M5.5 9v11h13V9M10 20v-6h4v6",
	calendar: "M4 5h16v15H4zM4 10h16M8 3v4M16 3v4M8 14h.01M12 14h.01M16 14h.01M8 17h.01M12 17h.01",
	sliders: "M4 7h9M19 7h1M4 17h1M11 17h9M16 4.5v5M8 14.5v5",
	code: "m8 7-5 5 5 5M16 7l5 5-5 5M14 5l-4 14",
	shield: "M12 3l8 3v6c0 5-3.5 7.5-8 9-4.5-1.5-8-4-8-9V6zM9 12l2 2 4-4",
	person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8M4 21a8 8 0 0 1 16 0",
	good: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M8 12.5l2.7 2.7L16 9.5",
	warn: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M12 8v5M12 16h.01",
	none: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M8 12h8",
	sync: "M20 11a8 8 0 0 0-14-4.5L4 9M4 4v5h5M4 13a8 8 0 0 0 14 4.5l2-2.5M20 20v-5h-5",
} as const;

export type ShellIconName = keyof typeof PATHS;

export function ShellIcon({
	name = "none",
	path = PATHS[name],
	className = "size-5",
}: {
	readonly name?: ShellIconName;
	/** One that the shell itself does not show, instead. */
	readonly path?: string;
	readonly className?: string;
}) {
	return (
		<svg
			aria-hidden="true"
			viewBox="0 0 24 24"
			fill="none"
			stroke="currentColor"
			strokeWidth="2"
			strokeLinecap="round"
			strokeLinejoin="round"
			className={`shrink-0 ${className}`}
		>
			<path d={path} />
		</svg>
	);
}
