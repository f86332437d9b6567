/* SPDX-License-Identifier: MIT */
#include "tests/driver/driver.h"

#include "base/buf.h"
#include "base/encoding.h"
#include "resolver/ssri.h"

/* Options are the last argument here, or the call's own. */
static const struct json *option(const struct driver_call *c, uint32_t n, const char *name)
{
	const struct json *v = json_find(driver_arg(c, n), name);

	return v ? v : driver_opt_value(c, name);
}

static unsigned flags_of(const struct driver_call *c, uint32_t n)
{
	return json_truthy(option(c, n, "strict")) ? SSRI_STRICT : 0;
}

/* ["a", "b"] as "a?b"; NULL when there are none. */
static const char *options_text(struct arena *a, const struct json *list)
{
	const char *text = NULL;

	for (uint32_t i = 0; i < json_count(list); i++)
		text = i ? arena_printf(a, "%s?%s", text, json_text(json_at(list, i))) : json_text(json_at(list, i));
	return text;
}

static bool is_hash(const struct json *v)
{
	return json_truthy(json_find(v, "algorithm")) && json_truthy(json_find(v, "digest"));
}

static struct ssri_hash hash_of(struct arena *a, const struct json *v)
{
	const char *algorithm = json_find_text(v, "algorithm"), *digest = json_find_text(v, "digest");

	return (struct ssri_hash){
		.algorithm = algorithm ? algorithm : "undefined",
		.digest = digest ? digest : "undefined",
		.options = options_text(a, json_find(v, "options")),
	};
}

/* What an argument says, written as text: a text itself, a hash, or hashes by algorithm. */
static const char *text_of(struct arena *a, const struct json *v, const char *sep, unsigned flags)
{
	struct ssri s = {0};
	struct ssri_hash h;

	if (json_is(v, JSON_STRING))
		return v->text;
	if (is_hash(v)) {
		h = hash_of(a, v);
		return ssri_hash_format(a, &h, flags);
	}
	for (uint32_t i = 0; json_is(v, JSON_OBJECT) && i < v->count; i++)
		for (uint32_t k = 0; k < json_count(v->members[i].value); k++)
			ssri_add(a, &s, hash_of(a, json_at(v->members[i].value, k)));
	return ssri_format(a, &s, sep, flags);
}

/* Recorded integrities came with their class and text. */
static const struct json *plain(const struct json *v)
{
	const struct json *text = json_find(v, "string");

	return json_find(v, "$class") && text ? text : v;
}

static struct str data_of(struct arena *a, const struct json *v)
{
	const char *encoded = json_find_text(v, "$buffer");

	if (encoded)
		return base64_decode_loose(a, str_from(encoded));
	return json_is(v, JSON_STRING) ? (struct str){v->text, v->len} : STR("");
}

static void answer(struct driver_call *c, const char *kind, const char *text)
{
	c->result = json_object(c->arena);
	json_put_text(c->arena, c->result, "$class", kind);
	json_put_text(c->arena, c->result, "string", text);
	json_put_text(c->arena, c->result, "json", text);
}

/* npm's parse of a text; an empty integrity answers null. */
static void answer_parsed(struct driver_call *c, const char *text, uint32_t options)
{
	unsigned flags = flags_of(c, options);
	struct ssri_hash h;
	struct ssri *s;

	if (json_truthy(option(c, options, "single"))) {
		ssri_parse_hash(c->arena, &h, str_from(text), flags);
		answer(c, "Hash", ssri_hash_format(c->arena, &h, 0));
		return;
	}
	s = ssri_parse(c->arena, str_from(text), flags);
	if (!ssri_is_empty(s))
		answer(c, "Integrity", ssri_format(c->arena, s, NULL, 0));
}

static int parse(struct driver_call *c, struct err *err UNUSED)
{
	const struct json *arg = plain(driver_arg(c, 0));

	if (json_truthy(arg))
		answer_parsed(c, text_of(c->arena, arg, NULL, flags_of(c, 1)), 1);
	return 0;
}

static int stringify(struct driver_call *c, struct err *err)
{
	const struct json *arg = plain(driver_arg(c, 0));
	const char *sep = json_text(option(c, 1, "sep"));
	unsigned flags = flags_of(c, 1);
	const char *text;

	if (!json_is(arg, JSON_STRING)) {
		text = text_of(c->arena, arg, sep, flags);
	} else {
		struct ssri *s = ssri_parse(c->arena, str_from(arg->text), flags);

		if (ssri_is_empty(s))
			return err_set(err, ERR_EGENERIC, "nothing to write");
		text = ssri_format(c->arena, s, sep, flags);
	}
	c->result = json_string(c->arena, text);
	return 0;
}

static int from_hex(struct driver_call *c, struct err *err)
{
	const char *hex = driver_text(c, 0), *algorithm = driver_text(c, 1);
	struct ssri *s;

	if (!hex || !algorithm)
		return err_set(err, ERR_EGENERIC, "a digest and its algorithm are needed");
	s = ssri_from_hex(c->arena, algorithm, hex, options_text(c->arena, option(c, 2, "options")));
	answer_parsed(c, ssri_format(c->arena, s, NULL, 0), 2);
	return 0;
}

static int from_data(struct driver_call *c, struct err *err)
{
	const struct json *list = option(c, 1, "algorithms");
	const char **algorithms = ARENA_ARRAY(c->arena, const char *, json_count(list) + 1);
	struct ssri *s;

	for (uint32_t i = 0; i < json_count(list); i++)
		algorithms[i] = json_text(json_at(list, i));
	s = ssri_from_data(c->arena, data_of(c->arena, driver_arg(c, 0)), list ? algorithms : NULL,
		options_text(c->arena, option(c, 1, "options")), err);
	if (!s)
		return -1;
	answer(c, "Integrity", ssri_format(c->arena, s, NULL, 0));
	return 0;
}

static int check_data(struct driver_call *c, struct err *err)
{
	struct str data = data_of(c->arena, driver_arg(c, 0));
	const char *text = text_of(c->arena, plain(driver_arg(c, 1)), NULL, flags_of(c, 2));
	struct ssri *s = ssri_parse(c->arena, str_from(text), flags_of(c, 2));
	const struct ssri_hash *match = ssri_check_data(c->arena, s, data);
	const struct json *size = option(c, 2, "size");
	struct ssri_hash plain_hash;

	if (match) {
		plain_hash = *match;
		plain_hash.options = NULL;
		answer(c, "Hash", ssri_hash_format(c->arena, &plain_hash, 0));
		return 0;
	}
	c->result = json_bool(c->arena, false);
	if (!json_truthy(option(c, 2, "error")))
		return 0;
	if (ssri_is_empty(s))
		return err_set(err, ERR_EINTEGRITY, "No valid integrity hashes to check against");
	if (json_is(size, JSON_NUMBER) && (double)data.len != size->number)
		return err_set(err, ERR_EBADSIZE, "data size mismatch when checking %s.\n  Wanted: %.0f\n  Found: %zu", text,
			size->number, data.len);
	return err_set(err, ERR_EINTEGRITY, "Integrity checksum failed when using %s: Wanted %s",
		ssri_pick_algorithm(s, NULL), text);
}

DRIVER_FUNCTIONS(ssri, {"parse", "ssri/", parse}, {"stringify", NULL, stringify}, {"fromHex", NULL, from_hex},
		 {"fromData", NULL, from_data}, {"checkData", NULL, check_data});
