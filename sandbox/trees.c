/* SPDX-License-Identifier: MIT */
#include "sandbox/trees.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/path.h"
#include "base/str.h"
#include "sandbox/policy.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Programs and what they load; what is secret below them (keys, password hashes) is named in `secrets`. */
static const char *const system_trees[] = {"/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/opt",
					   "/nix/store", "/etc", "/proc", "/sys", "/run/systemd/resolve", "/dev/fd"};
static const char *const secrets[] = {"/etc/shadow", "/etc/shadow-", "/etc/gshadow", "/etc/gshadow-", "/etc/sudoers",
				      "/etc/sudoers.d", "/etc/ssh", "/etc/ssl/private", "/etc/docker",
				      "/etc/kubernetes", "/etc/rancher", "/etc/NetworkManager", "/etc/wpa_supplicant",
				      "/etc/netplan", "/etc/wireguard", "/etc/openvpn", "/etc/krb5.keytab", "/etc/security",
				      "/etc/npmrc", "/etc/credstore", "/etc/machine-id", "/usr/etc/npmrc",
				      "/usr/local/etc/npmrc", "/sys/kernel/debug",
				      "/sys/kernel/tracing", "/sys/firmware"};
static const char *const devices[] = {"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty"};

/* What of the system's settings is not for everyone is not for root's scripts either. */
static bool is_private(const char *path)
{
	struct fs_stat st = fs_stat(path);

	return cstr_starts(path, "/etc/") && !strchr(path + 5, '/') && !(st.mode & (st.kind == FS_DIR ? S_IXOTH : S_IROTH));
}

struct cut {
	struct arena *arena;
	struct vec hides;	/* real paths */
	struct vec *out;
};

static void add_real(struct arena *a, struct vec *out, const char *path)
{
	const char *real = fs_realpath(a, path);

	if (real)
		vec_add(out, (void *)real);
}

static bool is_hidden(const struct cut *c, const char *path)
{
	for (size_t i = 0; i < c->hides.count; i++) {
		if (streq(VEC_AT(&c->hides, const char, i), path))
			return true;
	}
	return false;
}

static bool hides_inside(const struct cut *c, const char *path)
{
	for (size_t i = 0; i < c->hides.count; i++) {
		if (path_is_in(VEC_AT(&c->hides, const char, i), path))
			return true;
	}
	return false;
}

/* A tree without what is hidden in it: its children, where it has to be. No deeper than the hidden paths are. */
static void add_cut(struct cut *c, const char *path)
{
	struct err ignored = ERR_INIT;
	struct vec names;

	if (is_hidden(c, path))
		return;
	if (!hides_inside(c, path)) {
		vec_add(c->out, (void *)path);
		return;
	}
	vec_init(&names, c->arena);
	if (fs_list(c->arena, path, &names, &ignored))
		return;
	for (size_t i = 0; i < names.count; i++) {
		const char *child = path_join(c->arena, path, VEC_AT(&names, const char, i));
		enum fs_kind kind = fs_lstat(child).kind;

		if ((kind == FS_DIR || kind == FS_FILE) && !is_private(child))
			add_cut(c, child);
	}
}

static void add_terminals(struct arena *a, struct vec *out)
{
	for (int fd = 0; fd < 3; fd++) {
		char name[64];

		if (!ttyname_r(fd, name, sizeof(name)))
			add_real(a, out, name);
	}
}

void trees_make(struct arena *a, const struct sandbox_policy *p, struct trees *out)
{
	struct cut c = {.arena = a, .out = &out->reads};

	vec_init(&out->reads, a);
	vec_init(&out->writes, a);
	vec_init(&out->places, a);
	vec_init(&out->names, a);
	vec_init(&out->devices, a);
	vec_init(&c.hides, a);
	for (size_t i = 0; i < p->hides.count; i++)
		add_real(a, &c.hides, p->hides.items[i]);
	for (size_t i = 0; i < ARRAY_LEN(secrets); i++)
		add_real(a, &c.hides, secrets[i]);
	for (size_t i = 0; i < ARRAY_LEN(system_trees) + p->reads.count; i++) {
		const char *path = i < ARRAY_LEN(system_trees) ? system_trees[i]
							       : VEC_AT(&p->reads, const char, i - ARRAY_LEN(system_trees));
		const char *real = fs_realpath(a, path);

		if (real && !streq(real, "/"))
			add_cut(&c, real);
	}
	for (size_t i = 0; i < p->writes.count; i++)
		add_real(a, &out->writes, p->writes.items[i]);
	for (size_t i = 0; i < p->places.count; i++)
		vec_add(&out->places, p->places.items[i]);
	add_real(a, &out->names, "/etc");
	for (size_t i = 0; i < ARRAY_LEN(devices); i++)
		add_real(a, &out->devices, devices[i]);
	add_terminals(a, &out->devices);
}

static bool any_holds(const struct vec *trees, const char *path)
{
	for (size_t i = 0; i < trees->count; i++) {
		if (path_is_in(path, VEC_AT(trees, const char, i)))
			return true;
	}
	return false;
}

bool trees_may_read(const struct trees *t, const char *path)
{
	return any_holds(&t->reads, path) || trees_may_write(t, path);
}

bool trees_may_list(const struct trees *t, const char *path)
{
	return any_holds(&t->names, path) || trees_may_read(t, path);
}

/* Trees only the system's owner changes: a name in them needs no second look. */
bool trees_is_system(const char *path)
{
	static const char *const trees[] = {"/usr/", "/bin/", "/sbin/", "/lib/", "/lib64/"};

	for (size_t i = 0; i < ARRAY_LEN(trees); i++) {
		if (cstr_starts(path, trees[i]))
			return !strstr(path, "/..");
	}
	return false;
}

bool trees_may_write(const struct trees *t, const char *path)
{
	return any_holds(&t->writes, path) || any_holds(&t->places, path) || any_holds(&t->devices, path);
}
