/* SPDX-License-Identifier: MIT
 *
 * An install that has nothing to do is found out once; that is kept, with what it said, and the next one looks only whether
 * everything is as it was (install/state.h). lode does that itself; what lode-net found out lode need not hand over again.
 * And what an install made of a project without node_modules is kept for others with the same files (install/layout.h).
 */
#pragma once

#include "base/base.h"
#include "base/vec.h"
#include "install/state.h"

struct cli;
struct install_options;
struct install_result;
struct summary;

struct standing {
	struct cli *cli;
	const struct install_options *options;
	struct state_key key;
	struct state_told told;
	struct vec heard;
	int64_t began_ns;	/* wall clock: when lode was started */
};

/* Before anything is looked at. False: such an install is never remembered, and lode cannot answer it by itself. With ci no answer is
 * kept or recalled, but what was made is. */
bool standing_begin(struct standing *s, struct cli *cli, const struct install_options *o);
/* Where such an install keeps its answer, for one that is to add something; NULL when that would not help. */
const struct state_key *standing_key(struct cli *cli, const struct install_options *o);
/* Is everything as it was? Says what was said then, and gives the summary. */
bool standing_recall(struct standing *s, struct summary *out);
/* Is there no node_modules, and was another project made of the same? Makes it, says what was said then, gives the summary. */
bool standing_lay(struct standing *s, struct summary *out);
/* Keeps what came out, if it was nothing, or if nothing will come out the next time; and what was made, if it may be made again. */
void standing_keep(struct standing *s, const struct install_result *r, const struct summary *summary);
