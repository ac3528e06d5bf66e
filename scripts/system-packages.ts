import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

/** What the tests need from the operating system, by Debian's names. */
interface Requirement {
	readonly packages: readonly string[];
	isPresent(): boolean;
}

const REQUIREMENTS: readonly Requirement[] = [
	{ packages: ["radicale"], isPresent: () => existsSync("/usr/bin/radicale") },
	{ packages: ["xandikos"], isPresent: () => existsSync("/usr/bin/xandikos") },
	{ packages: ["chromium"], isPresent: () => existsSync("/usr/bin/chromium") },
	{ packages: ["python3-dateutil"], isPresent: () => python("import dateutil.rrule") },
	{ packages: ["python3-icalendar"], isPresent: () => python("import icalendar") },
	{
		packages: ["tzdata"],
		isPresent: () =>
			python("import zoneinfo; zoneinfo.ZoneInfo('Europe/Berlin'), zoneinfo.ZoneInfo('America/New_York')"),
	},
];

/** Packages that are missing; empty when all is there. */
export function missingPackages(): readonly string[] {
	return REQUIREMENTS.filter((requirement) => !requirement.isPresent()).flatMap((requirement) => requirement.packages);
}

/** The one command that installs them. */
export function installCommand(packages: readonly string[]): string {
	return `apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ${packages.join(" ")}`;
}

/** @returns whether it worked */
export function install(packages: readonly string[]): boolean {
	return spawnSync("/bin/sh", ["-c", installCommand(packages)], { stdio: "inherit" }).status === 0;
}

function python(code: string): boolean {
	return spawnSync("/usr/bin/python3", ["-c", code], { stdio: "ignore" }).status === 0;
}
