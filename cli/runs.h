/* SPDX-License-Identifier: MIT
 *
 * Which program runs which command: one line each, X(name, function). The table of what is known of them is in
 * commands.c.
 */
#pragma once

#include "cli/command.h"

/* lode: nothing here may need the network rooms. A NEEDS_NET command may stand here too, with a function that
 * decides "nothing to do" and else returns RUN_HAND_OVER. */
#define RUNS_LOCAL(X)                                                                                                  \
	X("approve-scripts", cmd_approve_scripts)                                                                      \
	X("bin", cmd_bin)                                                                                              \
	X("ci", cmd_ci_laid)                                                                                           \
	X("completion", cmd_completion)                                                                                \
	X("config", cmd_config)                                                                                        \
	X("deny-scripts", cmd_deny_scripts)                                                                            \
	X("edit", cmd_edit)                                                                                            \
	X("exec", cmd_exec)                                                                                            \
	X("explain", cmd_explain)                                                                                      \
	X("explore", cmd_explore)                                                                                      \
	X("fund", cmd_fund)                                                                                            \
	X("get", cmd_get)                                                                                              \
	X("help", cmd_help)                                                                                            \
	X("help-search", cmd_help_search)                                                                              \
	X("init", cmd_init)                                                                                            \
	X("install", cmd_uptodate)                                                                                     \
	X("install-scripts", cmd_install_scripts)                                                                      \
	X("licenses", cmd_licenses)                                                                                    \
	X("ll", cmd_ll)                                                                                                \
	X("ls", cmd_ls)                                                                                                \
	X("node", cmd_node)                                                                                            \
	X("pkg", cmd_pkg)                                                                                              \
	X("prefix", cmd_prefix)                                                                                        \
	X("query", cmd_query)                                                                                          \
	X("rebuild", cmd_rebuild)                                                                                      \
	X("restart", cmd_lifecycle)                                                                                    \
	X("root", cmd_root)                                                                                            \
	X("run", cmd_run)                                                                                              \
	X("runtime", cmd_runtime)                                                                                      \
	X("sbom", cmd_sbom)                                                                                            \
	X("set", cmd_set)                                                                                              \
	X("start", cmd_lifecycle)                                                                                      \
	X("stop", cmd_lifecycle)                                                                                       \
	X("test", cmd_lifecycle)                                                                                       \
	X("version", cmd_version)

/* lode-net, which runs those above as well. */
#define RUNS_NET(X)                                                                                                    \
	X("access", cmd_access)                                                                                        \
	X("audit", cmd_audit)                                                                                          \
	X("bugs", cmd_bugs)                                                                                            \
	X("cache", cmd_cache)                                                                                          \
	X("ci", cmd_ci)                                                                                                \
	X("dedupe", cmd_dedupe)                                                                                        \
	X("deprecate", cmd_deprecate)                                                                                  \
	X("diff", cmd_diff)                                                                                            \
	X("dist-tag", cmd_dist_tag)                                                                                    \
	X("docs", cmd_docs)                                                                                            \
	X("doctor", cmd_doctor)                                                                                        \
	X("exec", cmd_exec_net)                                                                                        \
	X("find-dupes", cmd_find_dupes)                                                                                \
	X("fund", cmd_fund_net)                                                                                        \
	X("install", cmd_install)                                                                                      \
	X("install-ci-test", cmd_install_ci_test)                                                                      \
	X("install-test", cmd_install_test)                                                                            \
	X("link", cmd_link)                                                                                            \
	X("login", cmd_login)                                                                                          \
	X("logout", cmd_logout)                                                                                        \
	X("org", cmd_org)                                                                                              \
	X("outdated", cmd_outdated)                                                                                    \
	X("owner", cmd_owner)                                                                                          \
	X("pack", cmd_pack)                                                                                            \
	X("patch", cmd_patch)                                                                                          \
	X("ping", cmd_ping)                                                                                            \
	X("profile", cmd_profile)                                                                                      \
	X("prune", cmd_prune)                                                                                          \
	X("publish", cmd_publish)                                                                                      \
	X("query", cmd_query_net)                                                                                      \
	X("repo", cmd_repo)                                                                                            \
	X("runtime", cmd_runtime_net)                                                                                  \
	X("search", cmd_search)                                                                                        \
	X("stage", cmd_stage)                                                                                          \
	X("store", cmd_store)                                                                                          \
	X("team", cmd_team)                                                                                            \
	X("token", cmd_token)                                                                                          \
	X("trust", cmd_trust)                                                                                          \
	X("undeprecate", cmd_undeprecate)                                                                              \
	X("uninstall", cmd_uninstall)                                                                                  \
	X("unpublish", cmd_unpublish)                                                                                  \
	X("update", cmd_update)                                                                                        \
	X("version", cmd_version_new)                                                                                  \
	X("view", cmd_view)                                                                                            \
	X("whoami", cmd_whoami)

#define RUN_PROTOTYPE(name, fn) command_run fn;
RUNS_LOCAL(RUN_PROTOTYPE)
RUNS_NET(RUN_PROTOTYPE)
#undef RUN_PROTOTYPE
