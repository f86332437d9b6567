/* SPDX-License-Identifier: MIT
 *
 * bun.lock: any text is read or refused; what was read can be asked.
 */
#include "pins.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	pins_try(data, size, bun_read);
	return 0;
}
