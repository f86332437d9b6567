/* SPDX-License-Identifier: MIT
 *
 * What the settings and package.json say about audits.
 */
#pragma once

struct audit_options;
struct cli;
struct vec;

/* Which packages of a tree count (omit), what is passed over (lode.audit.ignore), and how old a fix must be. In the run's
 * arena. */
struct audit_options *settings_audit(struct cli *cli);
