/* SPDX-License-Identifier: MIT
 *
 * npm's order of names and paths: JavaScript's a.localeCompare(b, 'en'). Trees and lockfiles depend on it.
 *
 * Letters are compared first over the whole text, without case; punctuation counts and comes before digits, digits
 * before letters; then accents decide, then case, lower before upper:
 *	"_z" ".d" "@s/x" "1" "10" "2" "a" "A" "a_b" "a-b" "a.b" "a/b" "ab" "b" "B"
 * Exact for ASCII. Latin letters beyond it stand next to their base letter as in CLDR's root; anything else comes
 * after them, by code point.
 */
#pragma once

/* <0, 0, >0. Different texts can be equal (control characters count for nothing). */
int collate_compare(const char *a, const char *b);
/* For vec_sort over `const char *` items. */
int collate_compare_items(const void *a, const void *b, void *ctx);
