/* SPDX-License-Identifier: MIT
 *
 * yarn.lock of yarn 2 and later: any text is read or refused; what was read can be asked.
 */
#include "pins.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	pins_try(data, size, berry_read);
	return 0;
}
