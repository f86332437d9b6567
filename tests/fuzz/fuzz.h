/* SPDX-License-Identifier: MIT
 *
 * A fuzz target is one file, tests/fuzz/<noun>.c, with this function. It must return 0, whatever the bytes are, and
 * abort() on what must never be. Its corpus is tests/fuzz/corpus/<noun>/, one input a file.
 */
#pragma once

#include "base/base.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
