import type { QueryClient } from "@tanstack/react-query";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { kalends } from "../api/kalends.ts";

export function useLiveUpdates(): void {
	const client = useQueryClient();
	useEffect(() => {
		void client as unknown as QueryClient;
		void kalends;
	}, [client]);
}
