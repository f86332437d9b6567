/* SPDX-License-Identifier: MIT */
#include "base/host.h"

#include <stddef.h>
#include <stdlib.h>

const char *host_os(void)
{
#if defined(__linux__)
	return "linux";
#elif defined(__APPLE__)
	return "darwin";
#elif defined(__FreeBSD__)
	return "freebsd";
#else
	return "unknown";
#endif
}

const char *host_cpu(void)
{
#if defined(__x86_64__)
	return "x64";
#elif defined(__aarch64__)
	return "arm64";
#elif defined(__i386__)
	return "ia32";
#elif defined(__arm__)
	return "arm";
#elif defined(__powerpc64__)
	return "ppc64";
#elif defined(__s390x__)
	return "s390x";
#elif defined(__riscv) && __riscv_xlen == 64
	return "riscv64";
#elif defined(__loongarch64)
	return "loong64";
#else
	return "unknown";
#endif
}

const char *host_libc(void)
{
#if defined(__linux__) && defined(__GLIBC__)
	return "glibc";
#elif defined(__linux__)
	return "musl";
#else
	return NULL;
#endif
}
