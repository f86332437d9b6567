/* SPDX-License-Identifier: MIT
 *
 * What every room may assume: fixed-width types, attributes, array length.
 */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A result that must be looked at. */
#define MUST_USE __attribute__((warn_unused_result))
/* printf-like: format is argument f, the first value argument a. */
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))
#define NORETURN __attribute__((noreturn))
#define UNUSED __attribute__((unused))

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* Ends the program: out of memory is not handled further up, by design. */
NORETURN void base_out_of_memory(void);
