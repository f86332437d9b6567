/* SPDX-License-Identifier: MIT
 *
 * A file's mode, owner and times, set for a script on what the watcher has opened for it.
 */
#pragma once

struct call;

/* Does what the call asks, on fd (opened with O_PATH) instead of what the call names. 0 or an errno. */
int attributes_set(const struct call *c, int fd);
void attributes_close(int fd);
