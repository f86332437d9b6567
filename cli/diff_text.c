/* SPDX-License-Identifier: MIT
 *
 * The text of a diff.
 */
#include "cli/diff.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/map.h"
#include "base/path.h"
#include "base/udiff.h"

#define MAX_PATCH ((size_t)1 << 29)

/* Extensions that npm takes for binary files'. */
static const char binary[] =
	" 3dm 3ds 3g2 3gp 7z a aac adp afdesign afphoto afpub ai aif aiff alz ape apk appimage ar arj asf au avi bak baml bh bin "
	"bk bmp btif bz2 bzip2 cab caf cgm class cmx cpio cr2 cr3 cur dat dcm deb dex djvu dll dmg dng doc docm docx dot dotm dra "
	"DS_Store dsk dts dtshd dvb dwg dxf ecelp4800 ecelp7470 ecelp9600 egg eol eot epub exe f4v fbs fh fla flac flatpak fli flv "
	"fpx fst fvt g3 gh gif graffle gz gzip h261 h263 h264 icns ico ief img ipa iso jar jpeg jpg jpgv jpm jxr key ktx lha lib "
	"lvp lz lzh lzma lzo m3u m4a m4v mar mdi mht mid midi mj2 mka mkv mmr mng mobi mov movie mp3 mp4 mp4a mpeg mpg mpga mxu "
	"nef npx numbers nupkg o odp ods odt oga ogg ogv otf ott pages pbm pcx pdb pdf pea pgm pic png pnm pot potm potx ppa ppam "
	"ppm pps ppsm ppsx ppt pptm pptx psd pya pyc pyo pyv qt rar ras raw resources rgb rip rlc rmf rmvb rpm rtf rz s3m s7z scpt "
	"sgi shar snap sil sketch slk smv snk so stl suo sub swf tar tbz tbz2 tga tgz thmx tif tiff tlz ttc ttf txz udf uvh uvi "
	"uvm uvp uvs uvu viv vob war wav wax wbmp wdp weba webm webp whl wim wm wma wmv wmx woff woff2 wrm wvx xbm xif xla xlam "
	"xls xlsb xlsm xlsx xlt xltm xltx xm xmind xpi xpm xwd xz z zip zipx ";

bool diff_is_binary(struct arena *a, const char *name)
{
	const char *base = path_base(name), *extension = base[0] == '.' ? base : path_ext(base);
	return extension[0] && extension[1] && !strchr(extension, ' ') &&
	       strstr(binary, arena_printf(a, " %s ", extension + 1));
}

struct writer {
	struct buf *out;
	struct arena *arena;
	const struct diff_look *look;
	struct buf patch;	/* of the file at hand */
	const char *versions[2];
};

/* The file on both sides: NULL where it is not. */
struct pair {
	const char *name;
	const struct diff_file *old, *new;
};

static void painted(struct writer *w, struct str text, const char *code)
{
	if (w->look->color && text.len)
		buf_printf(w->out, "\033[%sm%.*s\033[39m", code, STR_ARGS(text));
	else
		buf_addstr(w->out, text);
}

static void header(struct writer *w, const char *line)
{
	painted(w, str_from(line), "34");
	buf_addc(w->out, '\n');
}

/* "@@ -1,4 +1,4 @@", up to its last two signs. */
static struct str section_of(struct str line)
{
	for (size_t i = line.len; i > 4; i--)
		if (line.ptr[i - 1] == '@' && line.ptr[i - 2] == '@')
			return str_first(line, i);
	return STR_NULL;
}

static void body_line(struct writer *w, struct str line)
{
	struct str section = str_starts(line, "@@") ? section_of(line) : STR_NULL;
	if (section.len) {
		painted(w, section, "36");
		buf_addstr(w->out, str_skip(line, section.len));
	} else if (str_starts(line, "-") || str_starts(line, "+")) {
		painted(w, line, line.ptr[0] == '-' ? "31" : "32");
	} else {
		buf_addstr(w->out, line);
	}
	buf_addc(w->out, '\n');
}

static void modes(struct writer *w, const struct pair *f)
{
	struct arena *a = w->arena;
	if (!f->new) {
		header(w, arena_printf(a, "deleted file mode %s", f->old->mode));
	} else if (!f->old) {
		header(w, arena_printf(a, "new file mode %s", f->new->mode));
	} else if (strcmp(f->old->mode, f->new->mode) != 0) {
		header(w, arena_printf(a, "old mode %s", f->old->mode));
		header(w, arena_printf(a, "new mode %s", f->new->mode));
	}
}

static void hunks(struct writer *w, const struct pair *f)
{
	struct arena scratch = ARENA_INIT;
	struct udiff_style style = {.context = w->look->context, .ignore_space = w->look->ignore_space};
	struct str rest;
	buf_clear(&w->patch);
	udiff_make_as(&scratch, f->old ? f->old->text : STR(""), f->new ? f->new->text : STR(""), &style, &w->patch);
	rest = buf_str(&w->patch);
	while (rest.len)
		body_line(w, str_cut(rest, '\n', &rest));
	arena_release(&scratch);
}

static void write_file(struct writer *w, const struct pair *f)
{
	const struct diff_look *look = w->look;
	struct arena *a = w->arena;
	const char *old = arena_printf(a, "%s%s", look->old_prefix, f->name);
	const char *new = arena_printf(a, "%s%s", look->new_prefix, f->name);
	bool same_mode = f->old && f->new && streq(f->old->mode, f->new->mode);
	if (look->names_only) {
		buf_printf(w->out, "%s\n", f->name);
		return;
	}
	header(w, arena_printf(a, "diff --git %s %s", old, new));
	modes(w, f);
	header(w, arena_printf(a, "index %s%s..%s%s %s", look->version_prefix, w->versions[0], look->version_prefix,
			       w->versions[1], same_mode ? f->old->mode : ""));
	header(w, arena_printf(a, "--- %s", old));
	header(w, arena_printf(a, "+++ %s", new));
	if (look->all_text || !diff_is_binary(a, f->name))
		hunks(w, f);
}

static bool differs(const struct pair *f)
{
	return !f->old || !f->new || !str_eq(f->old->text, f->new->text) || !streq(f->old->mode, f->new->mode);
}

/* Both sides' names, the old side's first. */
static void pair_up(struct arena *a, const struct diff_side *const sides[2], struct map *pairs)
{
	map_init(pairs, a);
	for (int s = 0; s < 2; s++) {
		for (size_t i = 0; i < sides[s]->files.count; i++) {
			const struct diff_file *f = sides[s]->files.items[i];
			struct pair *p = map_find(pairs, f->name);
			if (!p) {
				p = ARENA_NEW(a, struct pair);
				p->name = f->name;
				map_put(pairs, f->name, p);
			}
			*(s ? &p->new : &p->old) = f;
		}
	}
}

void diff_write(struct buf *out, struct arena *a, const struct diff_side *const sides[2], const struct diff_look *look)
{
	struct writer w = {.out = out, .arena = a, .look = look, .patch = BUF_INIT(MAX_PATCH)};
	struct map pairs;
	for (int i = 0; i < 2; i++)
		w.versions[i] = sides[i]->version ? sides[i]->version : "undefined";
	pair_up(a, sides, &pairs);
	for (struct map_entry *e = map_first(&pairs); e; e = map_next(&pairs, e))
		if (differs(e->value))
			write_file(&w, e->value);
	buf_release(&w.patch);
}
