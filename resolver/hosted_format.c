/* SPDX-License-Identifier: MIT */
#include "resolver/hosted.h"

#include <ctype.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"
#include "base/url.h"
#include "resolver/hosted_table.h"

#define ADDRESS_MAX ((size_t)1 << 24)

/* What a template's names stand for. */
struct filling {
	struct arena *a;
	const struct hosted *h;
	const struct hosted_options *opts;
	const char *path;
	const char *committish;
};

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* A heading or a file name as it stands in a page's fragment: lower-case words with dashes between. */
static const char *fragment_words(struct arena *a, const char *text)
{
	struct str s = str_from(text);
	while (s.len && !is_word(s.ptr[0]))
		s = str_skip(s, 1);
	while (s.len && !is_word(s.ptr[s.len - 1]))
		s.len--;
	struct buf out = BUF_INIT(ADDRESS_MAX);
	bool gap = false;
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] == '/')
			continue;
		if (!is_word(s.ptr[i])) {
			gap = true;
			continue;
		}
		if (gap)
			buf_addc(&out, '-');
		gap = false;
		buf_addc(&out, (char)tolower((unsigned char)s.ptr[i]));
	}
	const char *words = buf_dup(a, &out);
	buf_release(&out);
	return words;
}

static const char *fragment_of(const struct filling *f)
{
	if (f->h->host->file_fragment)
		return *f->path ? arena_printf(f->a, "file-%s", fragment_words(f->a, f->path)) : "";
	return fragment_words(f->a, f->opts->fragment ? f->opts->fragment : "");
}

static const char *slug_of(const struct filling *f)
{
	return arena_printf(f->a, "%s/%s", f->h->user ? f->h->user : "null", f->h->project);
}

static const char *value_of(const struct filling *f, struct str name)
{
	const struct hosted *h = f->h;
	const struct {
		const char *name;
		const char *value;
	} plain[] = {
		{"type", h->type},	   {"domain", h->domain},     {"user", h->user},
		{"project", h->project},   {"auth", h->auth},	      {"treepath", h->treepath},
		{"blobpath", h->blobpath}, {"editpath", h->editpath}, {"path", f->path},
		{"committish", f->committish},
	};
	for (size_t i = 0; i < ARRAY_LEN(plain); i++)
		if (str_is(name, plain[i].name))
			return plain[i].value;
	if (str_is(name, "head"))
		return f->committish && *f->committish ? f->committish : "HEAD";
	return str_is(name, "slug") ? slug_of(f) : fragment_of(f);
}

/* One {name} at the start of *t, which is moved past it; false when its value is empty. */
static bool fill_name(const struct filling *f, struct str *t, struct buf *out)
{
	struct str name = str_cut(str_skip(*t, 1), '}', t);
	bool escape = str_ends(name, "%");
	name.len -= escape;
	const char *value = value_of(f, name);
	bool given = value && *value;
	if (escape)
		buf_adds(out, given ? url_encode_component(f->a, value) : "");
	else
		buf_adds(out, value ? value : "null");
	return given;
}

/* Text and names up to the end; false when a value was empty. */
static bool fill_run(const struct filling *f, struct str t, struct buf *out)
{
	bool all = true;
	while (t.len) {
		if (t.ptr[0] == '{') {
			all &= fill_name(f, &t, out);
			continue;
		}
		buf_addc(out, t.ptr[0]);
		t = str_skip(t, 1);
	}
	return all;
}

static void fill(const struct filling *f, const char *template, struct buf *out)
{
	struct str rest = str_from(template);
	while (rest.ptr) {
		struct str group;
		fill_run(f, str_cut(rest, '[', &group), out);
		if (!group.ptr)
			return;
		size_t before = out->len;
		if (!fill_run(f, str_cut(group, ']', &rest), out))
			out->len = before;
	}
}

static const char *template_of(const struct hosted *h, enum hosted_form form, const struct hosted_options *opts)
{
	if (opts->old_archives && h->host->old_templates[form])
		return h->host->old_templates[form];
	return h->host->templates[form] ? h->host->templates[form] : hosted_templates[form];
}

const char *hosted_format(struct arena *a, const struct hosted *h, enum hosted_form form, const struct hosted_options *opts)
{
	static const struct hosted_options none;
	opts = opts ? opts : &none;
	const char *template = template_of(h, form, opts);
	if (!*template)
		return NULL;
	struct filling f = {.a = a, .h = h, .opts = opts, .path = opts->path ? opts->path : ""};
	f.path += *f.path == '/';
	f.committish = opts->no_committish && form != HOSTED_TARBALL ? NULL : h->committish;
	struct buf out = BUF_INIT(ADDRESS_MAX);
	fill(&f, template, &out);
	const char *text = buf_dup(a, &out);
	buf_release(&out);
	return opts->no_git_plus && cstr_starts(text, "git+") ? text + 4 : text;
}

const char *hosted_text(struct arena *a, const struct hosted *h, const struct hosted_options *opts)
{
	enum hosted_form form = HOSTED_SSHURL;
	if (streq(h->representation, "shortcut"))
		form = HOSTED_SHORTCUT;
	else if (streq(h->representation, "https"))
		form = HOSTED_HTTPS;
	else if (streq(h->representation, "git"))
		form = HOSTED_GIT;
	return hosted_format(a, h, form, opts);
}
