/* SPDX-License-Identifier: MIT
 *
 * From a command line to a command: between cli.c, dispatch.c, main.c and the help command.
 */
#pragma once

#include "cli/command.h"

struct arena;
struct json;
struct vec;

/* This program's function for a command; NULL when the other program has it. */
command_run *cli_find_run(const struct cli *cli, const char *name);
/* Checks, then runs cli->command. */
int cli_dispatch(struct cli *cli, int argc, char **argv, struct err *err) MUST_USE;

/* `lode <command> --help`. */
const char *help_of_command(struct arena *a, const struct command *c);
/* `lode` alone; long_form: every command's usage. */
const char *help_of_program(struct cli *cli, bool long_form);

/* "Did you mean …", with the two line breaks before it; "" when nothing is like it. pkg may be NULL. */
const char *suggest(struct arena *a, const struct json *pkg, const char *word);
/* How many letters to change, add or take away. */
size_t edit_distance(const char *a, const char *b);

/* lodex and npx: words of their command line as `exec` has them. removed gets the options (const char *) that once were. */
void npx_words(struct arena *a, const struct vec *words, struct vec *out, struct vec *removed);
