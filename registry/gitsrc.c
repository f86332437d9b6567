/* SPDX-License-Identifier: MIT */
#include "registry/gitsrc.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/path.h"
#include "base/str.h"
#include "registry/gitlib.h"
#include "registry/gitrefs.h"
#include "registry/giturl.h"
#include "registry/knownhosts.h"
#include "registry/watchdog.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define DEFAULT_TIMEOUT_MS 300000
#define DEFAULT_RETRIES 2
#define MAX_SUBMODULE_DEPTH 8
#define MAX_CREDENTIAL_TRIES 6
#define WANTED_REF "refs/lode/wanted"

/* ---- one operation ---- */

/* libgit2 waits for a silent server for ever, so that its sockets are ours and watched. */
struct op {
	struct arena *arena;
	const struct git_wish *wish;
	const char *url;		/* the one being tried */
	const char *dir;		/* where its files go; NULL: refs only */
	int depth;			/* of submodules */
	int credential_tries;
	struct watchdog watchdog;
	struct op *outer;		/* the operation this one is a submodule of */
};

static _Thread_local struct op *current;

static void op_begin(struct op *op, struct arena *a, const struct git_wish *w)
{
	*op = (struct op){.arena = a, .wish = w, .outer = current};
	watchdog_start(&op->watchdog, w->timeout_ms > 0 ? w->timeout_ms : DEFAULT_TIMEOUT_MS);
	current = op;
}

static void op_end(struct op *op)
{
	watchdog_stop(&op->watchdog);
	current = op->outer;
}

/* ---- sockets ---- */

/* Laid out as libgit2's own socket stream, whose last field its ssh transport reads. */
struct stream {
	git_stream parent;
	char *host, *port;
	int fd;
	struct op *op;
};

static int net_error(const char *host, const char *what)
{
	char text[512];

	snprintf(text, sizeof(text), "%s %s", what, host);
	git.error_set_str(GIT_ERROR_NET, text);
	return -1;
}

static int stream_connect(git_stream *parent)
{
	struct stream *s = (struct stream *)parent;

	s->fd = watchdog_connect(&s->op->watchdog, s->host, s->port);
	return s->fd < 0 ? net_error(s->host, "cannot connect to") : 0;
}

static ssize_t stream_read(git_stream *parent, void *data, size_t len)
{
	struct stream *s = (struct stream *)parent;
	ssize_t got;

	do
		got = recv(s->fd, data, len, 0);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return net_error(s->host, "lost the connection to");
	if (got > 0)
		watchdog_progress(&s->op->watchdog);
	return got;
}

static ssize_t stream_write(git_stream *parent, const char *data, size_t len, int flags UNUSED)
{
	struct stream *s = (struct stream *)parent;
	ssize_t did;

	do
		did = send(s->fd, data, len, MSG_NOSIGNAL);
	while (did < 0 && errno == EINTR);
	return did < 0 ? net_error(s->host, "lost the connection to") : did;
}

static int stream_close(git_stream *parent)
{
	struct stream *s = (struct stream *)parent;

	if (s->fd < 0)
		return 0;
	watchdog_close(&s->op->watchdog, s->fd);
	s->fd = -1;
	return 0;
}

static void stream_release(git_stream *parent)
{
	stream_close(parent);
}

static int stream_make(git_stream **out, const char *host, const char *port)
{
	struct stream *s;

	if (!current)
		return net_error(host, "no operation for");
	s = ARENA_NEW(current->arena, struct stream);
	s->parent.version = GIT_STREAM_VERSION;
	s->parent.connect = stream_connect;
	s->parent.read = stream_read;
	s->parent.write = stream_write;
	s->parent.close = stream_close;
	s->parent.free = stream_release;
	s->host = arena_strdup(current->arena, host);
	s->port = arena_strdup(current->arena, port);
	s->fd = -1;
	s->op = current;
	*out = &s->parent;
	return 0;
}

static void start(void)
{
	static git_stream_registration ours = {GIT_STREAM_VERSION, stream_make, NULL};
	const char *ca = getenv("GIT_SSL_CAINFO");

	git.libgit2_init();
	git.stream_register(GIT_STREAM_STANDARD, &ours);
	if (ca && *ca)
		git.libgit2_opts(GIT_OPT_SET_SSL_CERT_LOCATIONS, ca, NULL);
}

static int need_git(struct err *err)
{
	static pthread_once_t started = PTHREAD_ONCE_INIT;

	if (gitlib_need(err) < 0)
		return -1;
	pthread_once(&started, start);
	return 0;
}

/* ---- credentials ---- */

static int try_key_file(git_credential **out, struct op *op, const char *user, const char *name)
{
	const char *home = getenv("HOME"), *key, *public_key;

	if (!home)
		return GIT_PASSTHROUGH;
	key = arena_printf(op->arena, "%s/.ssh/%s", home, name);
	public_key = arena_printf(op->arena, "%s.pub", key);
	if (!fs_exists(key))
		return GIT_PASSTHROUGH;
	return git.credential_ssh_key_new(out, user, fs_exists(public_key) ? public_key : NULL, key, NULL);
}

/* Asked again and again until something is accepted: the agent first, then the user's own keys. Never a person. */
static int on_credentials(git_credential **out, const char *url UNUSED, const char *user, unsigned types, void *ctx)
{
	static const char *const keys[] = {"id_ed25519", "id_ecdsa", "id_rsa"};
	struct op *op = ctx;
	int rc = GIT_PASSTHROUGH;

	if (!user || !*user)
		user = "git";
	if (types & GIT_CREDENTIAL_USERNAME)
		return git.credential_username_new(out, user);
	if (!(types & GIT_CREDENTIAL_SSH_KEY)) {
		git.error_set_str(GIT_ERROR_NET, "the server asks for a user name and a password");
		return GIT_EAUTH;
	}
	while (rc == GIT_PASSTHROUGH && op->credential_tries < MAX_CREDENTIAL_TRIES) {
		size_t n = (size_t)op->credential_tries++;

		if (n == 0 && getenv("SSH_AUTH_SOCK"))
			rc = git.credential_ssh_key_from_agent(out, user);
		else if (n > 0 && n <= ARRAY_LEN(keys))
			rc = try_key_file(out, op, user, keys[n - 1]);
	}
	if (rc == GIT_PASSTHROUGH) {
		git.error_set_str(GIT_ERROR_SSH, "no key that the server accepts");
		rc = GIT_EAUTH;
	}
	return rc;
}

static bool host_is_known(struct op *op, const char *host)
{
	const char *home = getenv("HOME");
	const char *files[] = {"/etc/ssh/ssh_known_hosts", arena_printf(op->arena, "%s/.ssh/known_hosts", home ? home : "")};

	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		struct err ignored = ERR_INIT;
		struct str text;

		if (fs_read_if(op->arena, files[i], (size_t)16 << 20, &text, &ignored) < 0)
			return true;
		if (text.ptr && knownhosts_has(text, host, 0))
			return true;
	}
	return false;
}

/* libgit2 has compared the ssh key with known_hosts; a host that is not in there is trusted, as npm's git does. */
static int on_certificate(git_cert *cert, int valid, const char *host, void *ctx)
{
	if (valid || cert->cert_type != GIT_CERT_HOSTKEY_LIBSSH2)
		return valid ? 0 : GIT_ECERTIFICATE;
	if (!host_is_known(ctx, host))
		return 0;
	git.error_set_str(GIT_ERROR_SSH, "the host's key is not the one in known_hosts");
	return GIT_ECERTIFICATE;
}

static int on_transfer(const git_indexer_progress *stats UNUSED, void *ctx)
{
	struct op *op = ctx;

	watchdog_progress(&op->watchdog);
	return watchdog_bit(&op->watchdog) ? -1 : 0;
}

static git_remote_callbacks callbacks_of(struct op *op)
{
	git_remote_callbacks cb;

	git.remote_init_callbacks(&cb, GIT_REMOTE_CALLBACKS_VERSION);
	cb.credentials = on_credentials;
	cb.certificate_check = on_certificate;
	cb.transfer_progress = on_transfer;
	cb.payload = op;
	op->credential_tries = 0;
	return cb;
}

/* ---- errors, and trying again ---- */

static int git_failed(struct op *op, const char *what, struct err *err)
{
	const git_error *e = git.error_last();

	if (watchdog_bit(&op->watchdog))
		return err_set(err, ERR_ETIMEDOUT, "git: %s '%s': nothing came for %lld seconds", what, op->url,
			(long long)((op->watchdog.timeout_ms + 999) / 1000));
	return err_set(err, ERR_EGIT, "git: %s '%s': %s", what, op->url, e && e->message ? e->message : "no reason given");
}

static bool worth_retrying(int rc)
{
	const git_error *e = git.error_last();

	return rc != GIT_EAUTH && rc != GIT_ECERTIFICATE && rc != GIT_ENOTFOUND && e &&
	       (e->klass == GIT_ERROR_NET || e->klass == GIT_ERROR_SSL || e->klass == GIT_ERROR_HTTP) &&
	       !strstr(e->message, "status code: 4");
}

typedef int attempt(struct op *op, void *ctx, struct err *err);

/* A connection that broke is made again; a server that hung is not waited for twice. */
static int with_retries(struct op *op, attempt *run, void *ctx, struct err *err)
{
	int left = op->wish->retries > 0 ? op->wish->retries : DEFAULT_RETRIES;

	for (int64_t wait_ms = 300;; wait_ms *= 4) {
		int rc;

		git.error_clear();
		watchdog_progress(&op->watchdog);
		rc = run(op, ctx, err);
		if (rc >= 0 || left-- <= 0 || watchdog_bit(&op->watchdog) || !worth_retrying(rc))
			return rc < 0 ? -1 : 0;
		err_clear(err);
		clock_sleep_ms(wait_ms);
	}
}

/* ---- the user's git configuration ---- */

typedef int entry_fn(const git_config_entry *entry, void *ctx);

/* git_config_foreach_match leaks with the regular expressions Debian builds it with. */
static int each_entry(git_config *config, entry_fn *fn, void *ctx)
{
	git_config_iterator *it = NULL;
	git_config_entry *entry;
	int rc = git.config_iterator_new(&it, config);

	while (!rc && git.config_next(&entry, it) == 0)
		rc = fn(entry, ctx);
	git.config_iterator_free(it);
	return rc;
}

struct instead {
	struct op *op;
	const char *url, *base;		/* base: of the longest match so far */
	size_t len;
};

static int look_instead(const git_config_entry *entry, void *ctx)
{
	struct instead *i = ctx;
	size_t n = strlen(entry->name), value = strlen(entry->value);

	if (!cstr_starts(entry->name, "url.") || !cstr_ends(entry->name, ".insteadof") || value <= i->len ||
		!cstr_starts(i->url, entry->value))
		return 0;
	i->base = arena_strndup(i->op->arena, entry->name + 4, n - 4 - strlen(".insteadof"));
	i->len = value;
	return 0;
}

/* url.<base>.insteadOf, which people use to send ssh addresses over https. */
static const char *instead_of(struct op *op, const char *url)
{
	struct instead i = {.op = op, .url = url};
	git_config *config = NULL;

	if (git.config_open_default(&config) == 0)
		each_entry(config, look_instead, &i);
	git.config_free(config);
	return i.base ? arena_printf(op->arena, "%s%s", i.base, url + i.len) : url;
}

static int make_remote(git_remote **out, git_repository *repo, const char *url)
{
	git_remote_create_options options;

	git.remote_create_options_init(&options, GIT_REMOTE_CREATE_OPTIONS_VERSION);
	options.repository = repo;
	options.flags = GIT_REMOTE_CREATE_SKIP_INSTEADOF | GIT_REMOTE_CREATE_SKIP_DEFAULT_FETCHSPEC;
	return git.remote_create_with_opts(out, url, &options);
}

/* ---- refs ---- */

static int list_refs(struct op *op, void *ctx, struct err *err)
{
	git_remote_callbacks cb = callbacks_of(op);
	git_proxy_options proxy;
	const git_remote_head **heads = NULL;
	struct gitrefs *refs = ctx;
	git_remote *remote = NULL;
	size_t n = 0;
	int rc;

	git.proxy_options_init(&proxy, GIT_PROXY_OPTIONS_VERSION);
	proxy.type = GIT_PROXY_AUTO;
	gitrefs_init(refs, op->arena);
	rc = make_remote(&remote, NULL, op->url);
	if (!rc)
		rc = git.remote_connect(remote, GIT_DIRECTION_FETCH, &cb, &proxy, NULL);
	if (!rc)
		rc = git.remote_ls(&heads, &n, remote);
	for (size_t i = 0; !rc && i < n; i++) {
		char sha[GIT_OID_HEXSZ + 1];

		gitrefs_add(refs, heads[i]->name, git.oid_tostr(sha, sizeof(sha), &heads[i]->oid));
	}
	if (rc)
		git_failed(op, "cannot list", err);
	git.remote_free(remote);
	return rc;
}

/* What the wish means among the refs; sha stays NULL when only the history can tell. */
static int choose(struct op *op, const struct gitrefs *refs, struct git_found *out, struct err *err)
{
	const struct git_wish *w = op->wish;
	const struct gitref *ref;

	out->url = op->url;
	if (w->range && *w->range) {
		ref = gitrefs_pick(refs, w->range, &out->version);
		if (!ref)
			return err_set(err, ERR_ETARGET, "No matching version found for %s@%s.", w->name ? w->name : w->url,
				w->range);
	} else {
		ref = gitrefs_find(refs, w->committish);
	}
	if (ref) {
		out->sha = ref->sha;
		out->ref = ref->name;
	} else if (gitrefs_is_sha(w->committish)) {
		out->sha = w->committish;
	}
	return 0;
}

static int resolve_at(struct op *op, const char *url, struct git_found *out, struct err *err)
{
	struct gitrefs refs;

	op->url = instead_of(op, giturl_plain(op->arena, url));
	if (with_retries(op, list_refs, &refs, err) < 0)
		return -1;
	return choose(op, &refs, out, err);
}

/* The first of both addresses that lists its refs; a range without a match is no reason to ask the other. */
static int resolve(struct op *op, struct git_found *out, struct err *err)
{
	struct err second = ERR_INIT;

	*out = (struct git_found){0};
	if (resolve_at(op, op->wish->url, out, err) == 0)
		return 0;
	if (!op->wish->alternate || err->code == ERR_ETARGET || watchdog_bit(&op->watchdog))
		return -1;
	if (resolve_at(op, op->wish->alternate, out, &second) == 0) {
		err_clear(err);
		return 0;
	}
	err_note(err, "%s", second.text);
	return -1;
}

int git_resolve(struct arena *a, const struct git_wish *w, struct git_found *out, struct err *err)
{
	struct op op;
	int rc;

	if (need_git(err) < 0)
		return -1;
	op_begin(&op, a, w);
	rc = resolve(&op, out, err);
	op_end(&op);
	return rc;
}

/* ---- fetching ---- */

struct fetch {
	git_repository *repo;
	const char *specs[3];
	size_t n;
};

static int fetch_once(struct op *op, void *ctx, struct err *err)
{
	struct fetch *f = ctx;
	git_fetch_options options;
	git_strarray specs = {(char **)(uintptr_t)f->specs, f->n};
	git_remote *remote = NULL;
	int rc = make_remote(&remote, f->repo, op->url);

	git.fetch_options_init(&options, GIT_FETCH_OPTIONS_VERSION);
	options.callbacks = callbacks_of(op);
	options.proxy_opts.type = GIT_PROXY_AUTO;
	options.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE;
	options.update_fetchhead = 0;
	if (!rc)
		rc = git.remote_fetch(remote, &specs, &options, NULL);
	if (rc)
		git_failed(op, "cannot fetch", err);
	git.remote_free(remote);
	return rc;
}

static bool has_commit(git_repository *repo, const char *what)
{
	git_object *found = NULL;
	bool has = git.revparse_single(&found, repo, what) == 0;

	git.object_free(found);
	return has;
}

/*
 * As little as will do: the one ref that names the commit; else all branches and tags, whose history may hold it;
 * else the commit itself, which some servers hand out.
 */
static int fetch_commit(struct op *op, git_repository *repo, const struct git_found *found, struct err *err)
{
	struct fetch one = {.repo = repo, .n = 1}, all = {repo, {"+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*",
		"+HEAD:refs/lode/head"}, 3};

	if (found->ref) {
		one.specs[0] = arena_printf(op->arena, "+%s:" WANTED_REF, found->ref);
		return with_retries(op, fetch_once, &one, err);
	}
	if (with_retries(op, fetch_once, &all, err) < 0)
		return -1;
	if (!found->sha || has_commit(repo, found->sha))
		return 0;
	one.specs[0] = arena_printf(op->arena, "+%s:" WANTED_REF, found->sha);
	return with_retries(op, fetch_once, &one, err);
}

/* ---- writing the files ---- */

static int find_commit(struct op *op, git_repository *repo, struct git_found *found, git_commit **out, struct err *err)
{
	const char *what = found->sha ? found->sha : op->wish->committish;
	git_object *object = NULL, *commit = NULL;
	char sha[GIT_OID_HEXSZ + 1];
	git_oid head;

	if (git.reference_name_to_id(&head, repo, "refs/lode/head") == 0)
		git.repository_set_head_detached(repo, &head);
	if (git.revparse_single(&object, repo, what && *what ? what : "HEAD") ||
		git.object_peel(&commit, object, GIT_OBJECT_COMMIT)) {
		git.object_free(object);
		err_set(err, ERR_EGIT, "git: '%s' has no '%s'", op->url, what ? what : "HEAD");
		err_note(err, "The git reference could not be found");
		return -1;
	}
	git.object_free(object);
	git.oid_tostr(sha, sizeof(sha), git.object_id(commit));
	*out = (git_commit *)commit;
	if (found->sha && !streq(found->sha, sha)) {
		git.commit_free(*out);
		return err_set(err, ERR_EGIT, "Commit mismatch: expected SHA %s and cloned HEAD %s", found->sha, sha);
	}
	found->sha = arena_strdup(op->arena, sha);
	return 0;
}

static int write_files(struct op *op, git_repository *repo, git_tree *tree, struct err *err)
{
	git_checkout_options options;

	git.checkout_options_init(&options, GIT_CHECKOUT_OPTIONS_VERSION);
	options.checkout_strategy = GIT_CHECKOUT_FORCE | GIT_CHECKOUT_DONT_UPDATE_INDEX | GIT_CHECKOUT_DONT_WRITE_INDEX;
	/* A repository with a working tree, for libgit2 will not meet a submodule in a bare one. */
	if (git.repository_set_workdir(repo, op->dir, false) || git.checkout_tree(repo, (git_object *)tree, &options))
		return git_failed(op, "cannot write the files of", err);
	return 0;
}

static int checkout_in(struct op *op, struct git_found *found, struct err *err);

struct submodules {
	struct op *op;
	git_tree *tree;
	git_config *config;
	struct err *err;
};

static int add_submodule(const git_config_entry *entry, void *ctx)
{
	struct submodules *s = ctx;
	struct arena *a = s->op->arena;
	const char *key, *path = entry->value, *url = NULL;
	char sha[GIT_OID_HEXSZ + 1];
	struct git_found found = {0};
	git_tree_entry *at = NULL;
	struct git_wish w = *s->op->wish;
	struct op inner;
	int rc;

	if (!cstr_starts(entry->name, "submodule.") || !cstr_ends(entry->name, ".path"))
		return 0;
	key = arena_printf(a, "%.*s.url", (int)(strlen(entry->name) - strlen(".path")), entry->name);
	/* Only what the tree itself says is a submodule: its path is then one that git lets into a tree. */
	if (git.config_get_string(&url, s->config, key) || git.tree_entry_bypath(&at, s->tree, path))
		return 0;
	git.oid_tostr(sha, sizeof(sha), git.tree_entry_id(at));
	rc = git.tree_entry_type(at) == GIT_OBJECT_COMMIT;
	git.tree_entry_free(at);
	if (!rc)
		return 0;
	w.url = giturl_submodule(a, s->op->url, url);
	w.alternate = w.range = w.subdir = NULL;
	w.committish = sha;
	if (giturl_is_local(w.url) && !giturl_is_local(s->op->url))
		return err_set(s->err, ERR_EGIT, "git: submodule '%s' of '%s' is on this machine", path, s->op->url);
	op_begin(&inner, a, &w);
	inner.dir = path_join(a, s->op->dir, path);
	inner.depth = s->op->depth + 1;
	rc = fs_mkdirs(inner.dir, s->err) < 0 ? -1 : checkout_in(&inner, &found, s->err);
	op_end(&inner);
	return rc;
}

static int write_submodules(struct op *op, git_tree *tree, struct err *err)
{
	const char *file = path_join(op->arena, op->dir, ".gitmodules");
	struct submodules s = {.op = op, .tree = tree, .err = err};
	git_config *live = NULL;
	int rc;

	if (fs_lstat(file).kind != FS_FILE)
		return 0;
	if (op->depth >= MAX_SUBMODULE_DEPTH)
		return err_set(err, ERR_EGIT, "git: '%s' has submodules nested too deep", op->url);
	if (git.config_open_ondisk(&live, file))
		return git_failed(op, "cannot read .gitmodules of", err);
	/* Texts can be borrowed from a snapshot only. */
	rc = git.config_snapshot(&s.config, live);
	git.config_free(live);
	if (rc)
		return git_failed(op, "cannot read .gitmodules of", err);
	rc = each_entry(s.config, add_submodule, &s);
	git.config_free(s.config);
	if (rc && err->code == ERR_OK)
		return git_failed(op, "cannot read .gitmodules of", err);
	return rc ? -1 : 0;
}

static int write_commit(struct op *op, git_repository *repo, struct git_found *found, struct err *err)
{
	git_commit *commit = NULL;
	git_tree *tree = NULL;
	int rc;

	if (find_commit(op, repo, found, &commit, err) < 0)
		return -1;
	rc = git.commit_tree(&tree, commit) ? git_failed(op, "cannot read", err) : 0;
	if (!rc)
		rc = write_files(op, repo, tree, err);
	if (!rc)
		rc = write_submodules(op, tree, err);
	git.tree_free(tree);
	git.commit_free(commit);
	return rc;
}

static int fetch_and_write(struct op *op, struct git_found *found, struct err *err)
{
	const char *store = fs_mkdtemp(op->arena, arena_printf(op->arena, "%s.git-", op->dir), err);
	struct err ignored = ERR_INIT;
	git_repository *repo = NULL;
	int rc;

	if (!store)
		return -1;
	rc = git.repository_init(&repo, store, true) ? git_failed(op, "cannot make a place for", err) : 0;
	if (!rc)
		rc = fetch_commit(op, repo, found, err);
	if (!rc)
		rc = write_commit(op, repo, found, err);
	git.repository_free(repo);
	(void)!fs_remove_tree(store, &ignored);
	return rc;
}

/* The refs say what to fetch, also when the commit is known already. */
static int checkout_in(struct op *op, struct git_found *found, struct err *err)
{
	const char *sha = found->sha;

	if ((!found->ref || !found->url) && resolve(op, found, err) < 0)
		return -1;
	if (sha && !streq(sha, found->sha)) {
		found->sha = sha;
		found->ref = NULL;
	}
	op->url = found->url;
	return fetch_and_write(op, found, err);
}

static const char *package_dir(struct arena *a, const struct git_wish *w, const char *dir, struct err *err)
{
	const char *sub, *real, *top;

	if (!w->subdir || !*w->subdir)
		return dir;
	sub = path_join(a, dir, w->subdir);
	real = fs_realpath(a, sub);
	top = fs_realpath(a, dir);
	if (real && top && path_is_in(real, top) && fs_stat(real).kind == FS_DIR)
		return sub;
	err_set(err, ERR_ENOENT, "git: '%s' has no directory '%s'", w->url, w->subdir);
	return NULL;
}

const char *git_checkout(struct arena *a, const struct git_wish *w, struct git_found *found, const char *dir,
	struct err *err)
{
	struct op op;
	int rc;

	if (need_git(err) < 0)
		return NULL;
	op_begin(&op, a, w);
	op.dir = dir;
	rc = checkout_in(&op, found, err);
	op_end(&op);
	return rc < 0 ? NULL : package_dir(a, w, dir, err);
}
