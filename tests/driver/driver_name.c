/* SPDX-License-Identifier: MIT */
#include "tests/driver/driver.h"

#include "resolver/collate.h"
#include "resolver/name.h"

static void put_list(struct driver_call *c, const char *key, const char *const *texts, uint32_t n)
{
	struct json *list = json_array(c->arena);

	for (uint32_t i = 0; i < n; i++)
		json_add(c->arena, list, json_string(c->arena, texts[i]));
	if (n)
		json_put(c->arena, c->result, key, list);
}

static int validate(struct driver_call *c, struct err *err UNUSED)
{
	const struct json *arg = driver_arg(c, 0);
	struct name_check check = name_validate(c->arena, driver_text(c, 0));

	if (!arg)
		check.errors[0] = "name cannot be undefined";
	else if (!json_is(arg, JSON_STRING) && !json_is(arg, JSON_NULL))
		check.errors[0] = "name must be a string";
	c->result = json_object(c->arena);
	json_put_bool(c->arena, c->result, "validForNewPackages", check.valid_new);
	json_put_bool(c->arena, c->result, "validForOldPackages", check.valid_old);
	put_list(c, "warnings", check.warnings, check.n_warnings);
	put_list(c, "errors", check.errors, check.n_errors);
	return 0;
}

static int locale_compare(struct driver_call *c, struct err *err)
{
	if (!driver_text(c, 0) || !driver_text(c, 1))
		return err_set(err, ERR_EGENERIC, "two texts are needed");
	c->result = json_number(c->arena, collate_compare(driver_text(c, 0), driver_text(c, 1)));
	return 0;
}

DRIVER_FUNCTIONS(name, {"validateName", NULL, validate}, {"localeCompare", NULL, locale_compare});
