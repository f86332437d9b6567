/* SPDX-License-Identifier: MIT
 *
 * Signatures and certificates, with keys and certificates made for this test: one key is the registry's and an authority's, the
 * other is of a certificate that the authority signed. The package's integrity is of 64 zeros.
 */
#include "base/arena.h"
#include "base/encoding.h"
#include "base/signature.h"
#include "base/str.h"
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

#define LOGGED 1795500000

static struct str bytes(const char *base64)
{
	return base64_decode_loose(test_arena(), str_from(base64));
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
