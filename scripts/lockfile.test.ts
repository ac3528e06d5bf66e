import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";

interface Locked {
	readonly dependencies?: Readonly<Record<string, string>>;
	readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** `npm ci` refuses a lockfile that leaves a dependency out, even an optional one for another platform. */
test("the lockfile locks every dependency, those for other platforms too", () => {
	const file = join(resolve(import.meta.dirname, ".."), "package-lock.json");
	const { packages } = JSON.parse(readFileSync(file, "utf8")) as { packages: Readonly<Record<string, Locked>> };
	const missing = Object.entries(packages).flatMap(([location, locked]) =>
		Object.keys({ ...locked.dependencies, ...locked.optionalDependencies })
			.filter((name) => !candidates(location, name).some((path) => path in packages))
			.map((name) => `${location} needs ${name}`),
	);
	expect(Object.keys(packages).length).toBeGreaterThan(100);
	expect(missing).toEqual([]);
});

/** Where Node looks for a package, from the folder of the one that needs it upwards. */
function candidates(location: string, name: string): readonly string[] {
	const parts = location === "" ? [] : location.split("/");
	return Array.from({ length: parts.length + 1 }, (_, up) =>
		[...parts.slice(0, parts.length - up), "node_modules", name].join("/"),
	);
}
