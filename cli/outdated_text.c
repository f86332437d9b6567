/* SPDX-License-Identifier: MIT */
#include "cli/outdated.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/str.h"
#include "resolver/collate.h"
#include "resolver/tree.h"

#include <string.h>

#define COLUMNS 9

static const char *dependent(const struct outdated *d)
{
	return d->edge ? d->edge->from->name : "global";
}

static const char *dependent_location(const struct outdated *d)
{
	return d->edge ? d->edge->from->location : "global";
}

/* NULL when it is missing. */
static const char *current(const struct outdated *d)
{
	return d->node && node_version(d->node)[0] ? node_version(d->node) : NULL;
}

static int order(const void *pa, const void *pb, UNUSED void *ctx)
{
	const struct outdated *a = pa, *b = pb;
	int by_name = collate_compare(a->name, b->name);
	return by_name ? by_name : collate_compare(dependent(a), dependent(b));
}

void outdated_sort(struct vec *list)
{
	vec_sort(list, order, NULL);
}

static const char *const titles[COLUMNS] = {
	"Package", "Current", "Wanted", "Latest", "Location", "Depended by", "Package Type", "Homepage",
	"Depended By Location",
};

static void fill_row(const struct outdated *d, const char *cells[COLUMNS])
{
	const struct node *from = d->edge ? d->edge->from : NULL;
	cells[0] = d->name;
	cells[1] = current(d) ? current(d) : "MISSING";
	cells[2] = d->wanted;
	cells[3] = d->latest;
	cells[4] = d->node ? d->node->location : "-";
	cells[5] = from && node_is_workspace(from) ? node_id(from) : dependent(d);
	cells[6] = d->type;
	cells[7] = d->homepage ? d->homepage : "";
	cells[8] = dependent_location(d);
}

static size_t columns(const char *text)
{
	size_t n = 0;
	for (; *text; text++)
		n += ((unsigned char)*text & 0xC0) != 0x80;
	return n;
}

/* Numbers are set to the right; nothing trails. */
static void add_row(struct buf *out, const char *const cells[COLUMNS], const size_t widths[COLUMNS], size_t n)
{
	if (out->len)
		buf_addc(out, '\n');
	for (size_t c = 0; c < n; c++) {
		size_t pad = widths[c] - columns(cells[c]);
		if (c)
			buf_adds(out, "  ");
		if (c >= 1 && c <= 3)
			buf_repeat(out, ' ', pad);
		buf_adds(out, cells[c]);
		if (c < 1 || c > 3)
			buf_repeat(out, ' ', pad);
	}
	while (out->len && out->ptr[out->len - 1] == ' ')
		out->ptr[--out->len] = '\0';
}

static void widen(size_t widths[COLUMNS], const char *const cells[COLUMNS])
{
	for (size_t c = 0; c < COLUMNS; c++)
		if (columns(cells[c]) > widths[c])
			widths[c] = columns(cells[c]);
}

void outdated_table(struct buf *out, const struct vec *list, bool long_form)
{
	const char *cells[COLUMNS];
	size_t widths[COLUMNS] = {0}, n = long_form ? COLUMNS : 6;
	if (!list->count)
		return;
	widen(widths, titles);
	for (size_t i = 0; i < list->count; i++) {
		fill_row(list->items[i], cells);
		widen(widths, cells);
	}
	add_row(out, titles, widths, n);
	for (size_t i = 0; i < list->count; i++) {
		fill_row(list->items[i], cells);
		add_row(out, cells, widths, n);
	}
}

void outdated_lines(struct buf *out, const struct vec *list, bool long_form)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct outdated *d = list->items[i];
		buf_printf(out, "%s%s:%s@%s:", i ? "\n" : "", d->node ? d->node->path : "", d->name, d->wanted);
		if (current(d))
			buf_printf(out, "%s@%s", d->name, current(d));
		else
			buf_adds(out, "MISSING");
		buf_printf(out, ":%s@%s:%s", d->name, d->latest, dependent(d));
		if (long_form)
			buf_printf(out, ":%s:%s:%s", d->type, d->homepage ? d->homepage : "", dependent_location(d));
	}
}

static struct json *row_json(struct arena *a, const struct outdated *d, bool long_form)
{
	struct json *row = json_object(a);
	if (current(d))
		json_put_text(a, row, "current", current(d));
	json_put_text(a, row, "wanted", d->wanted);
	json_put_text(a, row, "latest", d->latest);
	json_put_text(a, row, "dependent", dependent(d));
	if (d->node)
		json_put_text(a, row, "location", d->node->path);
	if (!long_form)
		return row;
	json_put_text(a, row, "type", d->type);
	if (d->homepage)
		json_put_text(a, row, "homepage", d->homepage);
	json_put_text(a, row, "dependedByLocation", dependent_location(d));
	return row;
}

/* One object per name; a list of them where a name comes more than once. */
struct json *outdated_json(struct arena *a, const struct vec *list, bool long_form)
{
	struct json *out = json_object(a);
	for (size_t i = 0; i < list->count; i++) {
		const struct outdated *d = list->items[i];
		struct json *row = row_json(a, d, long_form), *there = json_find(out, d->name);
		if (json_is(there, JSON_ARRAY)) {
			json_add(a, there, row);
		} else if (there) {
			struct json *both = json_array(a);
			json_add(a, both, there);
			json_add(a, both, row);
			json_put(a, out, d->name, both);
		} else {
			json_put(a, out, d->name, row);
		}
	}
	return out;
}
