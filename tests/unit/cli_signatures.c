/* SPDX-License-Identifier: MIT
 *
 * Signatures and attestations, with keys and certificates made for this test: one key is the registry's and an authority's, the
 * other is of a certificate that the authority signed. The package's integrity is of 64 zeros.
 */
#include "cli/signatures.h"

#include "base/arena.h"
#include "base/encoding.h"
#include "base/err.h"
#include "base/json.h"
#include "base/signature.h"
#include "base/str.h"
#include "cli/attestations.h"
#include "cli/cli.h"
#include "test.h"

static const char key[] = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE8HZUa8b05cV4rg0Kd5XlTg7iX6sF7u5p/6ILm1oPAHMSwxKH+Umn0ATtOewBIoGtflY86bZTLA"
	"7V5uQLXoLo0w==";
static const char signature[] = "MEQCIBeSH7iu19OKDyq7thzHcAk98qE4XwC7CvrRhIFlpJD4AiBeChtFLEKGWV+7GDFApNL95LqyYNjeG1TWmnab8UsHKw==";
static const char authority[] =
	"MIIBbzCCARWgAwIBAgIURFy1wkgANQl/LNKnD0rI+WcTVkowCgYIKoZIzj0EAwIwDTELMAkGA1UEAwwCY2EwHhcNMjYxMTIzMDYwOTE4WhcNMz"
	"YxMTIwMDYwOTE4WjANMQswCQYDVQQDDAJjYTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABPB2VGvG9OXFeK4NCneV5U4O4l+rBe7uaf+iC5ta"
	"DwBzEsMSh/lJp9AE7TnsASKBrX5WPOm2UywO1ebkC16C6NOjUzBRMB0GA1UdDgQWBBTAqbw0QSeeH/2KxCojwlueDoVlkDAfBgNVHSMEGDAWgB"
	"TAqbw0QSeeH/2KxCojwlueDoVlkDAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIQDCBdZcLswxQDEyQPCSpCVfwSsFs63pzMEe"
	"KydJJwlOgQIgMMDThE1BemLjNwjLF8gA7vbPKYSQgHPHM3Yka1UKVio=";
static const char leaf[] =
	"MIIBFzCBvQIUM0h+vSd2Zzrfg74RTbCHYeV1CeowCgYIKoZIzj0EAwIwDTELMAkGA1UEAwwCY2EwHhcNMjYxMTIzMDYwOTE4WhcNMzYxMTIwMD"
	"YwOTE4WjAPMQ0wCwYDVQQDDARsZWFmMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEskAa6M3qKcfJW/U1UXuo8uLdvemoIveDHPXT0a6GGpqV"
	"00/hjxODVywEKeINcrw/pRarppZo5vHugh47LRkA2TAKBggqhkjOPQQDAgNJADBGAiEA4OG3LzQ+Xgu0LqI20FI6dEB5NnUwiPZqyQ0uuSd2Tm"
	"YCIQDiI5+LY/uAAHnCWmv/mti0/7uPWyEqHbiqZMzjnkjJTg==";

/* Attestations: signed by the registry's key, by the certificate's, and one whose envelope was changed afterwards. */
static const char by_registry[] =
	"[{\"predicateType\":\"p\",\"bundle\":{\"dsseEnvelope\":{\"payload\":\"eyJzdWJqZWN0IjpbeyJuYW1lIjoicGtnOm5wbS8l"
	"NDBzL2Zvb0AxLjAuMCIsImRpZ2VzdCI6eyJzaGE1MTIiOiIwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMD"
	"AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMCJ9"
	"fV19\",\"payloadType\":\"application/vnd.in-toto+json\",\"signatures\":[{\"sig\":\"MEYCIQDQPbtUTP+Nc2nEpu6X7A9"
	"Nz8zAvkDC4TM1Uf7zFO8BTgIhAJQ+47ZWN70mQyKzctZnltf7CnVGGdnnTBCnuVU8pWcq\",\"keyid\":\"K1\"}]},\"verificationMate"
	"rial\":{\"tlogEntries\":[{\"integratedTime\":\"1795500000\"}]}}}]";
static const char by_certificate[] =
	"[{\"predicateType\":\"p\",\"bundle\":{\"dsseEnvelope\":{\"payload\":\"eyJzdWJqZWN0IjpbeyJuYW1lIjoicGtnOm5wbS8l"
	"NDBzL2Zvb0AxLjAuMCIsImRpZ2VzdCI6eyJzaGE1MTIiOiIwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMD"
	"AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMCJ9"
	"fV19\",\"payloadType\":\"application/vnd.in-toto+json\",\"signatures\":[{\"sig\":\"MEQCIFv9385zsbpu2cOz1fpPm5D"
	"lLrXbjsV9rZ2ZW1jIYQ/WAiAy68KCBW8rBODJnqwVV64oPmizvPU6c+ZtEVPZpIcI2Q==\",\"keyid\":\"\"}]},\"verificationMateri"
	"al\":{\"x509CertificateChain\":{\"certificates\":[{\"rawBytes\":\"MIIBFzCBvQIUM0h+vSd2Zzrfg74RTbCHYeV1CeowCgYI"
	"KoZIzj0EAwIwDTELMAkGA1UEAwwCY2EwHhcNMjYxMTIzMDYwOTE4WhcNMzYxMTIwMDYwOTE4WjAPMQ0wCwYDVQQDDARsZWFmMFkwEwYHKoZIzj"
	"0CAQYIKoZIzj0DAQcDQgAEskAa6M3qKcfJW/U1UXuo8uLdvemoIveDHPXT0a6GGpqV00/hjxODVywEKeINcrw/pRarppZo5vHugh47LRkA2TAK"
	"BggqhkjOPQQDAgNJADBGAiEA4OG3LzQ+Xgu0LqI20FI6dEB5NnUwiPZqyQ0uuSd2TmYCIQDiI5+LY/uAAHnCWmv/mti0/7uPWyEqHbiqZMzjnk"
	"jJTg==\"},{\"rawBytes\":\"MIIBbzCCARWgAwIBAgIURFy1wkgANQl/LNKnD0rI+WcTVkowCgYIKoZIzj0EAwIwDTELMAkGA1UEAwwCY2Ew"
	"HhcNMjYxMTIzMDYwOTE4WhcNMzYxMTIwMDYwOTE4WjANMQswCQYDVQQDDAJjYTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABPB2VGvG9OXFeK"
	"4NCneV5U4O4l+rBe7uaf+iC5taDwBzEsMSh/lJp9AE7TnsASKBrX5WPOm2UywO1ebkC16C6NOjUzBRMB0GA1UdDgQWBBTAqbw0QSeeH/2KxCoj"
	"wlueDoVlkDAfBgNVHSMEGDAWgBTAqbw0QSeeH/2KxCojwlueDoVlkDAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIQDCBdZcLs"
	"wxQDEyQPCSpCVfwSsFs63pzMEeKydJJwlOgQIgMMDThE1BemLjNwjLF8gA7vbPKYSQgHPHM3Yka1UKVio=\"}]},\"tlogEntries\":[{\"in"
	"tegratedTime\":\"1795500000\"}]}}}]";
static const char changed[] =
	"[{\"predicateType\":\"p\",\"bundle\":{\"dsseEnvelope\":{\"payload\":\"eyJzdWJqZWN0IjpbeyJuYW1lIjoicGtnOm5wbS8l"
	"NDBzL2Zvb0AxLjAuMCIsImRpZ2VzdCI6eyJzaGE1MTIiOiIwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMD"
	"AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMCJ9"
	"fV19\",\"payloadType\":\"application/vnd.in-toto+json\",\"signatures\":[{\"sig\":\"MEUCICyIpaDJeONWxQTz7yXZ39p"
	"z7A9QFJXjSTMNKkb2LEVYAiEAoXRdXT+tcBLCwqPqEwxKdPvqVA6m7VybgQNi5ozxXlg=\",\"keyid\":\"\"}]},\"verificationMateri"
	"al\":{\"certificate\":{\"rawBytes\":\"MIIBFzCBvQIUM0h+vSd2Zzrfg74RTbCHYeV1CeowCgYIKoZIzj0EAwIwDTELMAkGA1UEAwwC"
	"Y2EwHhcNMjYxMTIzMDYwOTE4WhcNMzYxMTIwMDYwOTE4WjAPMQ0wCwYDVQQDDARsZWFmMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEskAa6M"
	"3qKcfJW/U1UXuo8uLdvemoIveDHPXT0a6GGpqV00/hjxODVywEKeINcrw/pRarppZo5vHugh47LRkA2TAKBggqhkjOPQQDAgNJADBGAiEA4OG3"
	"LzQ+Xgu0LqI20FI6dEB5NnUwiPZqyQ0uuSd2TmYCIQDiI5+LY/uAAHnCWmv/mti0/7uPWyEqHbiqZMzjnkjJTg==\"},\"tlogEntries\":[{"
	"\"integratedTime\":\"1795500000\"}]}}}]";

#define INTEGRITY "sha512-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="
#define LOGGED 1795500000

static struct str bytes(const char *base64)
{
	return base64_decode_loose(test_arena(), str_from(base64));
}

static struct json *json(const char *text)
{
	struct err e = ERR_INIT;
	return json_parse(test_arena(), str_from(text), "x", &e);
}

TEST(signatures_are_of_one_key_and_one_message)
{
	CHECK(signature_is_valid(bytes(key), STR("foo@1.0.0:sha512-abc"), bytes(signature)));
	CHECK(!signature_is_valid(bytes(key), STR("foo@1.0.1:sha512-abc"), bytes(signature)));
	CHECK(!signature_is_valid(certificate_key(test_arena(), bytes(leaf)), STR("foo@1.0.0:sha512-abc"), bytes(signature)));
	CHECK(signature_is_valid(certificate_key(test_arena(), bytes(authority)), STR("foo@1.0.0:sha512-abc"), bytes(signature)));
	CHECK(!signature_is_valid(bytes("AAAA"), STR("x"), bytes(signature)));
	CHECK(!signature_is_valid(bytes(key), STR("x"), STR("")));
}

TEST(certificates_name_and_are_signed_by_their_issuer)
{
	CHECK(certificate_is_issued_by(bytes(leaf), bytes(authority)));
	CHECK(!certificate_is_issued_by(bytes(authority), bytes(leaf)));
	CHECK(certificate_is_valid_at(bytes(leaf), LOGGED));
	CHECK(!certificate_is_valid_at(bytes(leaf), 1000000000));
	CHECK(!certificate_key(test_arena(), STR("nonsense")).ptr);
}

static const char *verified_by(const char *attestations, const char *version, const char *expires, struct err *e)
{
	struct cli cli = {.arena = test_arena()};
	struct signatures s = {.cli = &cli};
	struct signed_package p = {.name = "@s/foo", .version = version, .integrity = INTEGRITY, .registry = "r", .of = &s};
	map_init(&s.keys, test_arena());
	map_put(&s.keys, "r", json(arena_printf(test_arena(), "[{\"keyid\":\"K1\",\"key\":\"%s\",\"expires\":%s}]", key, expires)));
	if (attestations_verify(&p, json(attestations), e) < 0)
		return err_name(e);
	return p.code ? p.code : "verified";
}

static const char *verified(const char *attestations, const char *version, struct err *e)
{
	return verified_by(attestations, version, "null", e);
}

/* By the registry's key, logged at a time. */
static const char *logged(const char *time)
{
	struct err e = ERR_INIT;
	return verified_by(cstr_replace(test_arena(), by_registry, "\"1795500000\"", time), "1.0.0", "\"2030-01-01T00:00:00.000Z\"", &e);
}

TEST(attestations_are_logged_at_a_time_that_can_be)
{
	CHECK_STR(logged("1795500000"), "verified");
	CHECK_STR(logged("\"1795500000\""), "verified");
	CHECK_STR(logged("1e300"), "EEXPIREDSIGNATUREKEY");
	CHECK_STR(logged("-1e300"), "EEXPIREDSIGNATUREKEY");
	CHECK_STR(logged("\"99999999999999999999\""), "EEXPIREDSIGNATUREKEY");
	CHECK_STR(logged("\"-9223372036854775808\""), "EEXPIREDSIGNATUREKEY");
}

TEST(attestations_name_the_package_and_are_signed)
{
	struct err e = ERR_INIT, other = ERR_INIT;
	CHECK_STR(verified(by_registry, "1.0.0", &e), "verified");
	CHECK_STR(verified(by_certificate, "1.0.0", &e), "verified");
	CHECK_STR(verified(changed, "1.0.0", &e), "EATTESTATIONVERIFY");
	CHECK_STR(verified(by_registry, "1.0.1", &other), "EATTESTATIONSUBJECT");
	CHECK_STR(verified("{}", "1.0.0", &e), "EATTESTATIONVERIFY");
}
