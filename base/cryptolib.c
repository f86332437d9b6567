/* SPDX-License-Identifier: MIT */
#include "base/cryptolib.h"

#include "base/library.h"

#define NAME(name) #name,

struct cryptolib crypto;

static const char *const names[] = {CRYPTOLIB_CALLS(NAME)};
static struct library libcrypto = LIBRARY(LODE_CRYPTO_SONAME, names, crypto);

void cryptolib_need(void)
{
	library_must(&libcrypto);
}
