/* SPDX-License-Identifier: MIT */
#include "install/bins.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/path.h"
#include "base/str.h"
#include "base/vec.h"
#include "resolver/manifest.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HASHBANG_LOOK 2048

/* What is already where a link should go. */
enum place { PLACE_FREE, PLACE_DONE, PLACE_OURS, PLACE_TAKEN };

void bins_init(struct bins *b, struct arena *a, bool force)
{
	mode_t mask = umask(022);

	umask(mask);
	*b = (struct bins){.arena = a, .mode = 0777 & ~(uint32_t)mask, .force = force};
	map_init(&b->seen, a);
}

const char *bins_node_modules(struct arena *a, const char *path)
{
	const char *dir = path_dir(a, path);

	return streq(path_base(dir), "node_modules") ? dir : path_dir(a, dir);
}

/* The directory the links of a package are in. */
static const char *bins_dir(struct arena *a, const struct bins_package *p)
{
	const char *modules = bins_node_modules(a, p->path);

	if (!p->top)
		return path_join(a, modules, ".bin");
	return path_join(a, path_dir(a, path_dir(a, modules)), "bin");
}

static bool is_safe(struct arena *a, const struct bins_package *p, const struct bin_entry *e)
{
	if (!*e->name || strchr(e->name, '/') || streq(e->name, ".") || streq(e->name, ".."))
		return false;
	return path_is_in(path_resolve(a, p->path, e->target), p->path);
}

/* Where a link points to, NULL when it is none. */
static const char *link_target(struct arena *a, const char *link)
{
	const char *target = fs_readlink(a, link);

	return target ? path_resolve(a, path_dir(a, link), target) : NULL;
}

static enum place look_at(struct arena *a, const struct bins_package *p, const char *to, const char *from)
{
	struct fs_stat st = fs_lstat(to);
	const char *target;

	if (st.kind == FS_NONE)
		return PLACE_FREE;
	if (st.kind != FS_LINK)
		return PLACE_TAKEN;
	if (streq(fs_readlink(a, to), from))
		return PLACE_DONE;
	target = link_target(a, to);
	return target && path_is_in(target, p->path) ? PLACE_OURS : PLACE_TAKEN;
}

static bool has_dos_hashbang(struct str text)
{
	struct str line = str_cut(str_first(text, HASHBANG_LOOK), '\n', &(struct str){0});

	return str_starts(line, "#!") && line.len > 3 && line.len < str_first(text, HASHBANG_LOOK).len &&
	       line.ptr[line.len - 1] == '\r';
}

static int head_is_dos(const char *file)
{
	char head[HASHBANG_LOOK];
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t n;

	if (fd < 0)
		return 0;
	n = read(fd, head, sizeof(head));
	close(fd);
	return n > 0 && has_dos_hashbang((struct str){head, (size_t)n});
}

/* The file again, as a new one: without the carriage return of its first line. */
static int rewrite(struct arena *a, const char *file, uint32_t mode, struct err *err)
{
	struct str text, line, rest;
	char *out;
	size_t cut;

	if (fs_read(a, file, FS_MAX_FILE, &text, err))
		return -1;
	if (!has_dos_hashbang(text))
		return fs_write(file, text, mode, err);
	line = str_cut(text, '\n', &rest);
	cut = line.len - 1;
	out = arena_alloc(a, text.len);
	memcpy(out, text.ptr, cut);
	memcpy(out + cut, text.ptr + cut + 1, text.len - cut - 1);
	return fs_write(file, (struct str){out, text.len - 1}, mode, err);
}

int bins_make_runnable(struct arena *a, uint32_t wanted, const char *dir, const char *file, struct err *err)
{
	struct fs_stat st = fs_stat(file);
	uint32_t mode = (st.mode & wanted) == wanted ? st.mode : wanted;
	bool shared = st.nlink > 1 && mode != st.mode, dos;
	const char *real, *package;

	if (st.kind != FS_FILE)
		return 0;
	dos = head_is_dos(file);
	if (!dos && mode == st.mode)
		return 0;
	/* What is no file of the package's own is left as it is. */
	real = fs_realpath(a, file);
	package = fs_realpath(a, dir);
	if (!real || !package || !path_is_in(real, package))
		return 0;
	if (shared || dos) {
		struct arena scratch = ARENA_INIT;
		int status = rewrite(&scratch, real, mode, err);

		arena_release(&scratch);
		return status;
	}
	if (mode != st.mode && chmod(real, mode))
		return err_sys(err, errno, "cannot make '%s' executable", real);
	return 0;
}

static int link_one(struct bins *b, const struct bins_package *p, const struct bin_entry *e, struct err *err)
{
	const char *dir = bins_dir(b->arena, p);
	const char *to = path_join(b->arena, dir, e->name);
	const char *file = path_resolve(b->arena, p->path, e->target);
	const char *from = path_relative(b->arena, dir, file);
	bool force = b->force || !p->top;
	enum place place;

	if (!is_safe(b->arena, p, e) || map_has(&b->seen, to))
		return 0;
	map_put(&b->seen, to, (void *)p->path);
	if (!p->elsewhere && fs_lstat(file).kind == FS_NONE)
		return 0;
	place = look_at(b->arena, p, to, from);
	if (place == PLACE_DONE)
		return 0;
	if (place == PLACE_TAKEN && !force)
		return err_set(err, ERR_EEXIST, "'%s' is already there and belongs to something else", to);
	if (place == PLACE_FREE) {
		if (fs_mkdirs(dir, err))
			return -1;
	} else if (fs_remove_tree(to, err)) {
		return -1;
	}
	if (fs_symlink(from, to, err))
		return -1;
	return p->elsewhere || p->kept ? 0 : bins_make_runnable(b->arena, b->mode, p->path, file, err);
}

int bins_link(struct bins *b, const struct bins_package *p, struct err *err)
{
	if (!p->bin || (p->top && !p->global))
		return 0;
	for (size_t i = 0; i < p->bin->count; i++) {
		if (link_one(b, p, &p->bin->items[i], err))
			return -1;
	}
	return 0;
}

int bins_check(struct bins *b, const struct bins_package *p, struct err *err)
{
	if (b->force || !p->global || !p->top || !p->bin)
		return 0;
	for (size_t i = 0; i < p->bin->count; i++) {
		const char *to = path_join(b->arena, bins_dir(b->arena, p), p->bin->items[i].name);
		const char *target = link_target(b->arena, to);

		if (fs_lstat(to).kind == FS_NONE || (target && path_is_in(target, p->path)))
			continue;
		return err_set(err, ERR_EEXIST, "'%s' is already there and belongs to something else", to);
	}
	return 0;
}

/* "foo.1", "foo.3.gz": which section it is in, STR_NULL when it is no man page. */
static struct str man_section(const char *man)
{
	struct str s = str_from(man);
	ptrdiff_t dot;

	if (str_ends(s, ".gz"))
		s.len -= 3;
	dot = str_rfind(s, '.');
	if (dot < 1 || (size_t)dot + 1 == s.len)
		return STR_NULL;
	s = str_skip(s, (size_t)dot + 1);
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] < '0' || s.ptr[i] > '9')
			return STR_NULL;
	}
	return s;
}

static void man_paths(struct arena *a, const struct bins_package *p, struct vec *out)
{
	const char *dir = path_join(a, path_dir(a, path_dir(a, bins_node_modules(a, p->path))), "share/man");
	size_t before = out->count;

	if (!p->top || !json_is(p->man, JSON_ARRAY))
		return;
	for (uint32_t i = 0; i < p->man->count; i++) {
		const char *man = json_text(p->man->items[i]);
		struct str section = man ? man_section(man) : STR_NULL;

		if (!section.ptr) {
			out->count = before;	/* npm: one odd page, and none counts */
			return;
		}
		vec_add(out, (void *)arena_printf(a, "%s/man%.*s/%s", dir, STR_ARGS(section), path_base(man)));
	}
}

void bins_paths(struct arena *a, const struct bins_package *p, struct vec *out)
{
	if (p->top && !p->global)
		return;
	for (size_t i = 0; p->bin && i < p->bin->count; i++)
		vec_add(out, (void *)path_resolve(a, bins_dir(a, p), p->bin->items[i].name));
	man_paths(a, p, out);
}

int bins_unlink(struct arena *a, const struct bins_package *p, struct err *err)
{
	struct vec paths;

	vec_init(&paths, a);
	bins_paths(a, p, &paths);
	for (size_t i = 0; i < paths.count; i++) {
		const char *target = link_target(a, paths.items[i]);

		if (target && path_is_in(target, p->path) && fs_unlink(paths.items[i], err))
			return -1;
	}
	return 0;
}
