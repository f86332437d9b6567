/* SPDX-License-Identifier: MIT
 *
 * The memory a tarball is inflated into, used again by the next one: new memory is cleared by the kernel first, which
 * takes a third as long as inflating itself. What is kept between two tarballs is bounded, whatever the number of threads;
 * and so is what all large tarballs take that are inflated just now.
 */
#pragma once

#include "base/base.h"
#include "base/buf.h"
#include "base/str.h"

struct err;

struct inflated {
	struct buf bytes;
	size_t claimed;			/* of the room for large tarballs */
};

/*
 * *tarball becomes what is in it where that is gzip, and stays otherwise: also a large one for which there is no room now,
 * to be inflated piece by piece. No more than max bytes come out. Errors as inflate_gzip(). On any thread.
 */
int inflated_open(struct inflated *p, struct str *tarball, size_t max, struct err *err) MUST_USE;
/* The bytes are gone then. After a failure, too. */
void inflated_close(struct inflated *p);
