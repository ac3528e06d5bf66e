import { i18n } from "@lingui/core";

/** English is in the source itself, compiled by the build; other languages will be catalogues, loaded where chosen. */
i18n.loadAndActivate({ locale: "en", messages: {} });

export { i18n };
