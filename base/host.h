/* SPDX-License-Identifier: MIT
 *
 * What kind of machine this is, in Node's words.
 */
#pragma once

const char *host_os(void);	/* process.platform: "linux", … */
const char *host_cpu(void);	/* process.arch: "x64", "arm64", … */
const char *host_libc(void);	/* "glibc" or "musl"; NULL where there is no such choice */
