import { generateKeyPairSync, randomBytes, sign } from "node:crypto";

export interface TestCertificate {
	/** PEM. */
	readonly key: string;
	/** PEM; self-signed, and able to stand as its own authority. */
	readonly cert: string;
}

/**
 * A fresh self-signed certificate (RFC 5280, ECDSA P-256), written as DER here, for no tool is sure to be there.
 * @param dnsName subject alternative name
 * @param validity epoch milliseconds
 */
export function selfSigned(dnsName: string, validity: { readonly from: number; readonly to: number }): TestCertificate {
	const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
	const algorithm = sequence(oid(ECDSA_WITH_SHA256));
	const name = sequence(der(0x31, sequence(oid(COMMON_NAME), der(0x0c, Buffer.from(dnsName)))));
	const alternatives = sequence(der(0x82, Buffer.from(dnsName, "latin1")));
	const authority = sequence(der(0x01, Buffer.of(0xff)));
	const body = sequence(
		der(0xa0, der(0x02, Buffer.of(2))),
		der(0x02, Buffer.concat([Buffer.of(0x40), randomBytes(8)])),
		algorithm,
		name,
		sequence(utcTime(validity.from), utcTime(validity.to)),
		name,
		publicKey.export({ type: "spki", format: "der" }),
		der(0xa3, sequence(extension(SUBJECT_ALT_NAME, alternatives), extension(BASIC_CONSTRAINTS, authority))),
	);
	const signature = sign("sha256", body, privateKey);
	const certificate = sequence(body, algorithm, der(0x03, Buffer.concat([Buffer.of(0), signature])));
	return {
		key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
		cert: `-----BEGIN CERTIFICATE-----\n${certificate.toString("base64")}\n-----END CERTIFICATE-----\n`,
	};
}

// Object identifiers, already encoded.
const ECDSA_WITH_SHA256 = "2a8648ce3d040302";
const COMMON_NAME = "550403";
const SUBJECT_ALT_NAME = "551d11";
const BASIC_CONSTRAINTS = "551d13";

function der(tag: number, content: Buffer): Buffer {
	const { length } = content;
	const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
	return Buffer.concat([Buffer.of(tag, ...size), content]);
}

function sequence(...parts: Buffer[]): Buffer {
	return der(0x30, Buffer.concat(parts));
}

function oid(hex: string): Buffer {
	return der(0x06, Buffer.from(hex, "hex"));
}

function extension(id: string, value: Buffer): Buffer {
	return sequence(oid(id), der(0x04, value));
}

function utcTime(instant: number): Buffer {
	return der(0x17, Buffer.from(`${new Date(instant).toISOString().replaceAll(/\D/g, "").slice(2, 14)}Z`, "latin1"));
}
