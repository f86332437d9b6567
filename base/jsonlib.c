/* SPDX-License-Identifier: MIT */
#include "base/jsonlib.h"

#include "base/arena.h"
#include "base/json.h"
#include "base/library.h"

#include <cjson/cJSON.h>
#include <pthread.h>

#define CALLS(X) X(GetArraySize) X(InitHooks) X(ParseWithLengthOpts)
#define POINTER(name) __typeof__(&cJSON_##name) name;
#define NAME(name) "cJSON_" #name,

/* Loaded when it is first needed, so that what starts often starts without it. */
static struct { CALLS(POINTER) } cjson;
static const char *const names[] = {CALLS(NAME)};
static struct library libcjson = LIBRARY(LODE_CJSON_SONAME, names, cjson);

/* cJSON keeps its last error and its allocator in globals: one parse at a time, into a scratch arena. */
static pthread_mutex_t parser = PTHREAD_MUTEX_INITIALIZER;
static struct arena *parser_arena;

static void *parser_alloc(size_t size)
{
	return arena_alloc(parser_arena, size);
}

static void parser_free(void *p)
{
	(void)p;
}

static struct json *convert(struct arena *a, const cJSON *from);

static struct json *convert_object(struct arena *a, const cJSON *from)
{
	uint32_t n = (uint32_t)cjson.GetArraySize(from), at = 0;
	struct json_member *members = ARENA_ARRAY(a, struct json_member, n + 1);

	for (const cJSON *c = from->child; c; c = c->next)
		members[at++] = (struct json_member){arena_strdup(a, c->string), convert(a, c)};
	return json_object_of(a, members, n);
}

static struct json *convert_array(struct arena *a, const cJSON *from)
{
	struct json *arr = json_array(a);

	for (const cJSON *c = from->child; c; c = c->next)
		json_add(a, arr, convert(a, c));
	return arr;
}

static struct json *convert(struct arena *a, const cJSON *from)
{
	switch (from->type & 0xff) {
	case cJSON_True:
	case cJSON_False:
		return json_bool(a, (from->type & 0xff) == cJSON_True);
	case cJSON_Number:
		return json_number(a, from->valuedouble);
	case cJSON_String:
		return json_string(a, from->valuestring);
	case cJSON_Array:
		return convert_array(a, from);
	case cJSON_Object:
		return convert_object(a, from);
	default:
		return json_null(a);
	}
}

struct json *jsonlib_read(struct arena *a, struct str text, size_t *at)
{
	struct arena scratch = ARENA_INIT;
	const char *copy = str_dup(&scratch, text), *end = NULL;
	struct json *out = NULL;
	cJSON *doc;

	library_must(&libcjson);
	pthread_mutex_lock(&parser);
	parser_arena = &scratch;
	cjson.InitHooks(&(cJSON_Hooks){parser_alloc, parser_free});
	doc = cjson.ParseWithLengthOpts(copy, text.len + 1, &end, 1);
	pthread_mutex_unlock(&parser);
	*at = end ? (size_t)(end - copy) : text.len;
	if (doc)
		out = convert(a, doc);
	arena_release(&scratch);
	return out;
}
