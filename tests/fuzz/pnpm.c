/* SPDX-License-Identifier: MIT
 *
 * pnpm-lock.yaml: any text is read or refused; what was read can be asked.
 */
#include "pins.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	pins_try(data, size, pnpm_read);
	return 0;
}
