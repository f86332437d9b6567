/* SPDX-License-Identifier: MIT
 *
 * libgit2, loaded when it is first needed (base/library.h): git.repository_free() is git_repository_free(). For the files that
 * know libgit2 (gitsrc.c, gitrepo.c, gitmerge.c), each of which calls gitlib_need() before anything else.
 */
#pragma once

#include "base/base.h"

#include <git2.h>
#include <git2/sys/stream.h>

struct err;

#define GITLIB_CALLS(X)                                                                                                \
	X(blob_create_from_disk) X(buf_dispose) X(checkout_index) X(checkout_options_init) X(checkout_tree)            \
	X(commit_create) X(commit_free) X(commit_tree)                                                                 \
	X(config_free) X(config_get_bool) X(config_get_path) X(config_get_string) X(config_iterator_free)              \
	X(config_iterator_new) X(config_next) X(config_open_default) X(config_open_ondisk) X(config_snapshot)          \
	X(credential_ssh_key_from_agent) X(credential_ssh_key_new) X(credential_username_new)                          \
	X(describe_commit) X(describe_format) X(describe_format_options_init) X(describe_options_init)                 \
	X(describe_result_free) X(error_clear) X(error_last) X(error_set_str) X(fetch_options_init)                    \
	X(ignore_path_is_ignored) X(index_add) X(index_add_bypath) X(index_free) X(index_get_bypath)                   \
	X(index_has_conflicts) X(index_new) X(index_read) X(index_write) X(index_write_tree) X(index_write_tree_to)    \
	X(libgit2_init) X(libgit2_opts) X(libgit2_shutdown) X(merge_options_init) X(merge_trees)                       \
	X(object_free) X(object_id) X(object_peel) X(oid_equal) X(oid_tostr) X(oid_tostr_s) X(proxy_options_init)      \
	X(reference_free) X(reference_lookup) X(reference_name_to_id)                                                  \
	X(remote_connect) X(remote_create_options_init) X(remote_create_with_opts) X(remote_fetch) X(remote_free)      \
	X(remote_init_callbacks) X(remote_ls)                                                                          \
	X(repository_commondir) X(repository_config_snapshot) X(repository_free) X(repository_index)                   \
	X(repository_init) X(repository_is_bare) X(repository_open_ext) X(repository_path)                             \
	X(repository_set_head_detached) X(repository_set_workdir) X(repository_workdir) X(revparse_single)             \
	X(signature_default) X(signature_free) X(signature_now)                                                        \
	X(status_list_entrycount) X(status_list_free) X(status_list_new) X(status_options_init) X(stream_register)     \
	X(tag_create) X(tree_entry_bypath) X(tree_entry_free) X(tree_entry_id) X(tree_entry_type) X(tree_free)         \
	X(tree_id) X(tree_lookup)

struct gitlib {
#define GITLIB_POINTER(name) __typeof__(&git_##name) name;
	GITLIB_CALLS(GITLIB_POINTER)
#undef GITLIB_POINTER
};

extern struct gitlib git;

int gitlib_need(struct err *err) MUST_USE;
