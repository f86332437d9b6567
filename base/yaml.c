/* SPDX-License-Identifier: MIT */
#include "base/yaml.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/library.h"
#include "base/str.h"

#include <string.h>
#include <yaml.h>

#define CALLS(X)                                                                                                       \
	X(event_delete) X(parser_delete) X(parser_initialize) X(parser_parse) X(parser_set_encoding)                   \
	X(parser_set_input_string)
#define POINTER(name) __typeof__(&yaml_##name) name;
#define NAME(name) "yaml_" #name,

static struct { CALLS(POINTER) } yaml;
static const char *const names[] = {CALLS(NAME)};
static struct library libyaml = LIBRARY(LODE_YAML_SONAME, names, yaml);

/* An open mapping or sequence. */
struct level {
	struct json *value;
	const char *key;	/* mapping: the key that waits for its value; NULL: a key is next */
};

struct reader {
	struct arena *arena;
	struct json *documents;
	struct level levels[YAML_MAX_DEPTH];
	size_t depth;
	size_t nodes;
	const char *problem;
};

static int refuse(struct reader *r, const char *problem)
{
	r->problem = problem;
	return -1;
}

/* Where the open value wants it: as a key, a member, an item, or as a document. */
static int put(struct reader *r, struct json *v, const char *text)
{
	struct level *top = r->depth ? &r->levels[r->depth - 1] : NULL;

	if (++r->nodes > YAML_MAX_NODES)
		return refuse(r, "too many values");
	if (!top) {
		json_add(r->arena, r->documents, v);
	} else if (top->value->type == JSON_ARRAY) {
		json_add(r->arena, top->value, v);
	} else if (top->key) {
		json_put(r->arena, top->value, top->key, v);
		top->key = NULL;
	} else if (!text) {
		return refuse(r, "a key must be a text");
	} else {
		top->key = text;
	}
	return 0;
}

static int open_level(struct reader *r, struct json *v)
{
	if (r->depth == YAML_MAX_DEPTH)
		return refuse(r, "nested too deep");
	if (put(r, v, NULL) < 0)
		return -1;
	r->levels[r->depth++] = (struct level){.value = v};
	return 0;
}

static int take_scalar(struct reader *r, const yaml_event_t *e)
{
	const char *text = arena_strndup(r->arena, (const char *)e->data.scalar.value, e->data.scalar.length);
	bool plain = e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;

	if (strlen(text) != e->data.scalar.length)
		return refuse(r, "a text holds a NUL");
	if (plain && (!*text || streq(text, "~") || streq(text, "null")))
		return put(r, json_null(r->arena), text);
	return put(r, json_string(r->arena, text), text);
}

static int take(struct reader *r, const yaml_event_t *e)
{
	switch (e->type) {
	case YAML_SCALAR_EVENT:
		return take_scalar(r, e);
	case YAML_MAPPING_START_EVENT:
		return open_level(r, json_object(r->arena));
	case YAML_SEQUENCE_START_EVENT:
		return open_level(r, json_array(r->arena));
	case YAML_MAPPING_END_EVENT:
	case YAML_SEQUENCE_END_EVENT:
		r->depth--;
		return 0;
	case YAML_ALIAS_EVENT:
		return refuse(r, "an alias is not allowed here");
	default:
		return 0;
	}
}

static int fail(const char *what, yaml_mark_t at, const char *problem, struct err *err)
{
	return err_set(err, ERR_EYAMLPARSE, "Invalid YAML in '%s': %s at line %zu column %zu", what,
		problem ? problem : "something else", at.line + 1, at.column + 1);
}

/* Event by event until the end; -1 with err set. */
static int read_events(struct reader *r, yaml_parser_t *parser, const char *what, struct err *err)
{
	yaml_event_t e;
	bool over = false;

	while (!over) {
		int bad;

		if (!yaml.parser_parse(parser, &e)) {
			/* An error of the encoding has an offset only. */
			yaml_mark_t at = parser->problem_mark.line || parser->problem_mark.column ? parser->problem_mark
												  : parser->mark;

			return fail(what, at, parser->problem, err);
		}
		over = e.type == YAML_STREAM_END_EVENT;
		bad = take(r, &e);
		if (bad)
			fail(what, e.start_mark, r->problem, err);
		yaml.event_delete(&e);
		if (bad)
			return -1;
	}
	return 0;
}

struct json *yaml_parse(struct arena *a, struct str text, const char *what, struct err *err)
{
	struct reader r = {.arena = a, .documents = json_array(a)};
	yaml_parser_t parser;
	int bad;

	if (library_need(&libyaml, err) < 0)
		return NULL;
	if (!yaml.parser_initialize(&parser)) {
		err_set(err, ERR_ESYSTEM, "out of memory");
		return NULL;
	}
	yaml.parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	yaml.parser_set_input_string(&parser, (const unsigned char *)(text.len ? text.ptr : ""), text.len);
	bad = read_events(&r, &parser, what, err);
	yaml.parser_delete(&parser);
	return bad ? NULL : r.documents;
}
