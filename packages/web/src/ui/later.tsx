import { Component, type ComponentType, createElement, type ReactNode, Suspense, use } from "react";

const RETRY_MS = 5_000;
const ignore = () => {};

type PropsOf<Part> = Part extends (props: infer Props) => ReactNode ? Props & object : never;

export interface Later<Props> {
	(props: Props): ReactNode;
	/** For the router, until it is loaded. What fails now is asked for again when it is shown. */
	preload?: () => Promise<void>;
	/** After a failure it is asked for anew. */
	forget(): void;
}

/**
 * A part that is loaded when it is first shown; it throws where that fails. Unlike React's `lazy` it can be asked for anew,
 * and unlike the router's own it never loads the page anew, which without a network would leave the app.
 */
export function later<Module, Name extends keyof Module>(
	load: () => Promise<Module>,
	name: Name,
): Later<PropsOf<Module[Name]>> {
	type Props = PropsOf<Module[Name]>;
	let part: ComponentType<Props> | undefined;
	let asked: Promise<ComponentType<Props>> | undefined;
	const get = async () => {
		part = (await load())[name] as ComponentType<Props>;
		delete Later.preload;
		return part;
	};
	const once = () => {
		asked ??= get();
		return asked;
	};
	const Later: Later<Props> = (props) => createElement(part ?? use(once()), props);
	Later.preload = () => get().then(ignore, ignore);
	Later.forget = () => {
		asked = undefined;
	};
	return Later;
}

/**
 * A part that comes over a page or beside it, with `onClose` where it can be closed: where it cannot be shown the page stays,
 * and a notice offers to try again.
 */
export function overlay<Module, Name extends keyof Module>(
	load: () => Promise<Module>,
	name: Name,
	{ meanwhile = null, silent = false }: OverlayOptions = {},
) {
	const Part = later(load, name);
	const failed = () => {
		Part.forget();
		soon.expectNoField?.();
	};
	return (props: PropsOf<Module[Name]>) => (
		<Suspense fallback={meanwhile}>
			<Boundary instead={meanwhile} silent={silent} onFailed={failed} {...(props as Pick<BoundaryProps, "onClose">)}>
				<Part {...props} />
			</Boundary>
		</Suspense>
	);
}

export interface OverlayOptions {
	/** What there is while it is loaded. */
	readonly meanwhile?: ReactNode;
	/** That stays without a word where it cannot be loaded, until it can. */
	readonly silent?: boolean;
}

export interface NotShownProps {
	readonly onRetry: () => void;
	readonly onClose: (() => void) | undefined;
}

/** What the shell itself has no room for: set by what is loaded right after it, before anything that can be opened. */
export const soon: {
	/** Says that something cannot be shown. */
	NotShown?: ComponentType<NotShownProps>;
	/** Of typing.ts. */
	expectField?: () => void;
	expectNoField?: () => void;
} = {};

interface BoundaryProps extends Partial<Pick<NotShownProps, "onClose">> {
	readonly instead: ReactNode;
	readonly silent: boolean;
	readonly onFailed: () => void;
	readonly children: ReactNode;
}

class Boundary extends Component<BoundaryProps, { readonly failed: boolean }> {
	override state = { failed: false };
	readonly retry = () => this.setState({ failed: false });

	static getDerivedStateFromError() {
		return { failed: true };
	}

	override componentDidCatch() {
		const { silent, onFailed } = this.props;
		onFailed();
		if (silent) setTimeout(this.retry, RETRY_MS);
	}

	override render() {
		const { instead, silent, onClose, children } = this.props;
		if (!this.state.failed) return children;
		const { NotShown } = soon;
		return silent || NotShown === undefined ? instead : <NotShown onClose={onClose} onRetry={this.retry} />;
	}
}
