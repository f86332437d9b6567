/* SPDX-License-Identifier: MIT
 *
 * What is known of every command. What it runs is in runs.h.
 */
#include "cli/command.h"

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

#define WORKSPACES "workspace", "workspaces", "include-workspace-root", "filter", "filter-prod", "fail-if-no-match"
#define AT_ONCE "workspace-concurrency", "sequential", "parallel", "bail"
#define STRATEGY "install-strategy", "legacy-bundling", "global-style"
#define POLICIES "allow-directory", "allow-file", "allow-git", "allow-remote"
#define ALLOW_SCRIPTS "allow-scripts", "strict-allow-scripts", "dangerously-allow-all-scripts"
#define GRANTS "allow-net", "allow-read", "allow-write", "allow-write-file", "allow-env"
#define AGE "before", "min-release-age", "min-release-age-exclude"

#define PAGE_PARAMS "browser", "registry", WORKSPACES

#define CI_PARAMS                                                                                                      \
	STRATEGY, "omit", "include", "strict-peer-deps", "foreground-scripts", "ignore-scripts", POLICIES,             \
		ALLOW_SCRIPTS, "audit", "bin-links", "fund", "dry-run", WORKSPACES, "install-links"
#define INSTALL_PARAMS                                                                                                 \
	"save", "save-exact", "global", STRATEGY, "omit", "include", "strict-peer-deps", "prefer-dedupe",              \
		"package-lock", "package-lock-only", "foreground-scripts", "ignore-scripts", POLICIES, ALLOW_SCRIPTS,  \
		"audit", AGE, "bin-links", "fund", "dry-run", "cpu", "os", "libc", WORKSPACES, "install-links"
#define LS_PARAMS                                                                                                      \
	"all", "json", "long", "parseable", "global", "depth", "omit", "include", "link", "package-lock-only",         \
		"unicode", WORKSPACES, "install-links"
#define DEDUPE_PARAMS                                                                                                  \
	STRATEGY, "strict-peer-deps", "package-lock", "omit", "include", "ignore-scripts", POLICIES, "audit",          \
		"bin-links", "fund", "dry-run", WORKSPACES, "install-links"

#define ABOUT_TREE (TAKES_WORKSPACES | IN_WORKSPACE | CHECKS_ENGINES)
#define SCRIPT (TAKES_WORKSPACES | IN_WORKSPACE)

const struct command command_table[] = {
	{"approve-scripts", "Approve install scripts for specific dependencies",
	 LIST("<pkg> [<pkg> ...]", "--all", "--allow-scripts-pending"),
	 LIST("all", "allow-scripts-pending", "allow-scripts-pin", GRANTS, "json"), NULL, -1, IN_WORKSPACE},
	{"audit", "Run a security audit", LIST("[fix|signatures]"),
	 LIST("audit-level", "dry-run", "force", "json", "package-lock-only", "package-lock", "omit", "include",
	      "foreground-scripts", "ignore-scripts", "include-attestations", WORKSPACES, "install-links"),
	 NULL, -1, ABOUT_TREE | NEEDS_NET},
	{"bin", "Display the folder of executables", NULL, LIST("global"), NULL, -1, 0},
	{"bugs", "Report bugs for a package in a web browser", LIST("[<pkgname> [<pkgname> ...]]"), LIST(PAGE_PARAMS),
	 LIST("issues"), -1, SCRIPT | NEEDS_NET},
	{"cache", "Look into, check and clean the cache",
	 LIST("path", "add <package-spec>", "clean [<key>]", "ls [<name>@<version>]", "verify", "prune", "npx ls",
	      "npx rm [<key>...]", "npx info <key>..."),
	 LIST("cache"), NULL, -1, NEEDS_NET},
	{"ci", "Install exactly what the lockfile says", NULL, LIST(CI_PARAMS),
	 LIST("clean-install", "ic", "install-clean", "isntall-clean"), -1, ABOUT_TREE | NEEDS_NET},
	{"completion", "Shell completion for lode", LIST("[bash | zsh | fish]"), NULL, NULL, -1, ANY_CONFIG},
	{"config", "Manage the configuration files",
	 LIST("set <key>=<value> [<key>=<value> ...]", "get [<key> [<key> ...]]", "delete <key> [<key> ...]",
	      "list [--json]", "edit", "fix"),
	 LIST("json", "global", "editor", "location", "long"), LIST("c"), -1, ANY_CONFIG | IN_WORKSPACE},
	{"dedupe", "Reduce duplication in the package tree", NULL, LIST(DEDUPE_PARAMS), LIST("ddp"), -1,
	 ABOUT_TREE | NEEDS_NET},
	{"deny-scripts", "Deny install scripts for specific dependencies", LIST("<pkg> [<pkg> ...]", "--all"),
	 LIST("all", "allow-scripts-pending", "allow-scripts-pin", "json"), NULL, -1, IN_WORKSPACE},
	{"deprecate", "Deprecate a version of a package", LIST("<package-spec> <message>"),
	 LIST("registry", "otp", "dry-run"), NULL, -1, NEEDS_NET},
	{"diff", "The registry diff command", LIST("[...<paths>]"),
	 LIST("diff", "diff-name-only", "diff-unified", "diff-ignore-all-space", "diff-no-prefix", "diff-src-prefix",
	      "diff-dst-prefix", "diff-text", "global", "tag", WORKSPACES),
	 NULL, -1, SCRIPT | NEEDS_NET},
	{"dist-tag", "Modify package distribution tags",
	 LIST("add <package-spec (with version)> [<tag>]", "rm <package-spec> <tag>", "ls [<package-spec>]"),
	 LIST(WORKSPACES), LIST("dist-tags"), -1, SCRIPT | NEEDS_NET},
	{"docs", "Open documentation for a package in a web browser", LIST("[<pkgname> [<pkgname> ...]]"), LIST(PAGE_PARAMS),
	 LIST("home"), -1, SCRIPT | NEEDS_NET},
	{"doctor", "Check the health of your environment",
	 LIST("[connection] [registry] [versions] [environment] [permissions] [cache]"), LIST("registry"), NULL, -1,
	 IN_WORKSPACE | ANY_CONFIG | NEEDS_NET},
	{"edit", "Edit an installed package", LIST("<pkg>[/<subpkg>...]"), LIST("editor"), NULL, -1, IN_WORKSPACE},
	{"exec", "Run a command from a local or remote package",
	 LIST("-- <pkg>[@<version>] [args...]", "--package=<pkg>[@<version>] -- <cmd> [args...]",
	      "-c '<cmd> [args...]'", "--package=foo -c '<cmd> [args...]'"),
	 LIST("package", "call", WORKSPACES, ALLOW_SCRIPTS), LIST("x"), -1, SCRIPT | NEEDS_NET},
	{"explain", "Explain installed packages", LIST("<package-spec>"), LIST("json", "workspace"), LIST("why"), -1,
	 ABOUT_TREE},
	{"explore", "Browse an installed package", LIST("<pkg> [ -- <command>]"), LIST("shell"), NULL, -1, IN_WORKSPACE},
	{"find-dupes", "Find duplication in the package tree", NULL, LIST(DEDUPE_PARAMS), NULL, -1,
	 ABOUT_TREE | NEEDS_NET},
	{"fund", "Retrieve funding information", LIST("[<package-spec>]"),
	 LIST("json", "browser", "unicode", "workspace", "which"), NULL, -1, ABOUT_TREE | NEEDS_NET},
	{"get", "Get a value from the configuration", LIST("[<key> ...] (See `lode config`)"), LIST("long"), NULL, -1,
	 IN_WORKSPACE | ANY_CONFIG},
	{"help", "Get help on lode", LIST("<term>"), LIST("viewer"), LIST("hlep"), -1, ANY_CONFIG},
	{"help-search", "Search the help of all commands", LIST("<text>"), LIST("long"), NULL, -1, ANY_CONFIG},
	{"init", "Create a package.json file",
	 LIST("<package-spec> (same as `lodex create-<package-spec>`)", "<@scope> (same as `lodex <@scope>/create`)"),
	 LIST("init-author-name", "init-author-url", "init-license", "init-module", "init-type", "init-version",
	      "init-private", "yes", "force", "scope", "workspace", "workspaces", "workspaces-update",
	      "include-workspace-root"),
	 LIST("create", "innit"), -1, SCRIPT | NEEDS_NET},
	{"install", "Install a package", LIST("[<package-spec> ...]"), LIST(INSTALL_PARAMS),
	 LIST("add", "i", "in", "ins", "inst", "insta", "instal", "isnt", "isnta", "isntal", "isntall"), -1,
	 ABOUT_TREE | NEEDS_NET},
	{"install-ci-test", "Install exactly what the lockfile says and run tests", NULL, LIST(CI_PARAMS),
	 LIST("cit", "clean-install-test", "sit"), -1, ABOUT_TREE | NEEDS_NET},
	{"install-scripts", "Manage install-script approvals for dependencies",
	 LIST("approve <pkg> [<pkg> ...]", "approve --all", "deny <pkg> [<pkg> ...]", "deny --all", "ls", "prune"),
	 LIST("all", "allow-scripts-pin", GRANTS, "dry-run", "json"), NULL, -1, IN_WORKSPACE},
	{"install-test", "Install package(s) and run tests", LIST("[<package-spec> ...]"), LIST(INSTALL_PARAMS),
	 LIST("it"), -1, ABOUT_TREE | NEEDS_NET},
	{"link", "Symlink a package folder", LIST("[<package-spec>]"),
	 LIST("save", "save-exact", "global", STRATEGY, "strict-peer-deps", "package-lock", "omit", "include",
	      "ignore-scripts", POLICIES, "audit", "bin-links", "fund", "dry-run", WORKSPACES, "install-links"),
	 LIST("ln"), -1, ABOUT_TREE | NEEDS_NET},
	{"ll", "List installed packages", LIST("[[<@scope>/]<pkg> ...]"), LIST(LS_PARAMS), LIST("la"), -1, ABOUT_TREE},
	{"login", "Login to a registry user account", NULL, LIST("registry", "scope", "auth-type"), LIST("adduser", "add-user"),
	 -1, NEEDS_NET},
	{"logout", "Log out of the registry", NULL, LIST("registry", "scope"), NULL, -1, NEEDS_NET},
	{"ls", "List installed packages", LIST("<package-spec>"), LIST(LS_PARAMS), LIST("list"), -1, ABOUT_TREE},
	{"node", "Run an application on the bundled runtime", LIST("[<runtime options>] <file> [args...]"), NULL, NULL,
	 -1, RAW_ARGS | ANY_CONFIG},
	{"outdated", "Check for outdated packages", LIST("[<package-spec> ...]"),
	 LIST("all", "json", "long", "parseable", "global", "workspace", AGE), NULL, -1, ABOUT_TREE | NEEDS_NET},
	{"owner", "Manage package owners", LIST("add <user> <package-spec>", "rm <user> <package-spec>", "ls <package-spec>"),
	 LIST("registry", "otp", "workspace", "workspaces"), LIST("author"), -1, SCRIPT | NEEDS_NET},
	{"pack", "Create a tarball from a package", LIST("<package-spec>"),
	 LIST("dry-run", "json", "pack-destination", WORKSPACES, "ignore-scripts"), NULL, -1, SCRIPT | NEEDS_NET},
	{"patch", "Apply local patches to installed dependencies",
	 LIST("<pkg>[@<version>]", "add <pkg>[@<version>] [--edit-dir <path>]", "commit <edit-dir> [--patches-dir <dir>] [--keep-edit-dir]", "ls",
	      "rm <pkg>[@<version>]"),
	 LIST("patches-dir", "allow-unused-patches", "ignore-patch-failures", "edit-dir", "keep-edit-dir", "registry"), NULL, -1,
	 ABOUT_TREE | NEEDS_NET},
	{"ping", "Ping the registry", NULL, LIST("registry"), NULL, -1, NEEDS_NET},
	{"pkg", "Manage your package.json",
	 LIST("set <key>=<value> [<key>=<value> ...]", "get [<key> [<key> ...]]", "delete <key> [<key> ...]",
	      "set [<array>[<index>].<key>=<value> ...]", "set [<array>[].<key>=<value> ...]", "fix"),
	 LIST("force", "json", "workspace", "workspaces"), NULL, -1, SCRIPT},
	{"prefix", "Display prefix", NULL, LIST("global"), NULL, -1, 0},
	{"prune", "Remove extraneous packages", LIST("[[<@scope>/]<pkg>...]"),
	 LIST("omit", "include", "dry-run", "json", "foreground-scripts", "ignore-scripts", WORKSPACES,
	      "install-links"),
	 NULL, -1, ABOUT_TREE | NEEDS_NET},
	{"publish", "Publish a package", LIST("<package-spec>"),
	 LIST("tag", "access", "dry-run", "otp", WORKSPACES, "provenance", "provenance-file"), NULL, -1, SCRIPT | NEEDS_NET},
	{"query", "Retrieve a filtered list of packages", LIST("<selector>"),
	 LIST("global", WORKSPACES, "package-lock-only", "expect-results", AGE), NULL, -1, SCRIPT | NEEDS_NET},
	{"rebuild", "Rebuild a package", LIST("[<package-spec>] ...]"),
	 LIST("global", "bin-links", "foreground-scripts", "ignore-scripts", ALLOW_SCRIPTS, WORKSPACES,
	      "install-links"),
	 LIST("rb"), -1, ABOUT_TREE},
	{"repo", "Open package repository page in the browser", LIST("[<pkgname> [<pkgname> ...]]"), LIST(PAGE_PARAMS), NULL,
	 -1, SCRIPT | NEEDS_NET},
	{"restart", "Restart a package", LIST("[-- <args>]"), LIST("ignore-scripts", "script-shell"), NULL, -1, SCRIPT},
	{"root", "Display the folder packages are installed in", NULL, LIST("global"), NULL, -1, 0},
	{"run", "Run arbitrary package scripts", LIST("<command> [-- <args>]"),
	 LIST(WORKSPACES, AT_ONCE, "if-present", "ignore-scripts", "foreground-scripts", "script-shell"),
	 LIST("run-script", "rum", "urn"), -1, ABOUT_TREE},
	{"runtime", "Manage the versions of Node that run projects",
	 LIST("ls", "which", "install [<version> ...]", "use <version>", "remove <version> [<version> ...]"),
	 LIST("json", "parseable", "registry", "offline", "cache"), NULL, -1, NEEDS_NET},
	{"search", "Search for packages", LIST("<search term> [<search term> ...]"),
	 LIST("json", "color", "parseable", "description", "searchlimit", "searchopts", "searchexclude", "registry",
	      "prefer-online", "prefer-offline", "offline"),
	 LIST("find", "s", "se"), -1, NEEDS_NET},
	{"set", "Set a value in the configuration", LIST("<key>=<value> [<key>=<value> ...] (See `lode config`)"),
	 LIST("global", "location"), NULL, -1, IN_WORKSPACE | ANY_CONFIG},
	{"start", "Start a package", LIST("[-- <args>]"), LIST("ignore-scripts", "script-shell"), NULL, -1, SCRIPT},
	{"stop", "Stop a package", LIST("[-- <args>]"), LIST("ignore-scripts", "script-shell"), NULL, -1, SCRIPT},
	{"test", "Test a package", LIST("[-- <args>]"), LIST("ignore-scripts", "script-shell"), LIST("tst", "t"), -1,
	 SCRIPT},
	{"undeprecate", "Undeprecate a version of a package", LIST("<package-spec>"), LIST("registry", "otp", "dry-run"), NULL,
	 -1, NEEDS_NET},
	{"uninstall", "Remove a package", LIST("[<@scope>/]<pkg>..."), LIST("save", "global", WORKSPACES, "install-links"),
	 LIST("unlink", "remove", "rm", "r", "un"), -1, ABOUT_TREE | NEEDS_NET},
	{"unpublish", "Remove a package from the registry", LIST("[<package-spec>]"),
	 LIST("dry-run", "force", "workspace", "workspaces"), NULL, -1, SCRIPT | NEEDS_NET},
	{"update", "Update packages", LIST("[<pkg>...]"),
	 LIST("save", "global", STRATEGY, "omit", "include", "strict-peer-deps", "package-lock", "foreground-scripts",
	      "ignore-scripts", ALLOW_SCRIPTS, "audit", AGE, "bin-links", "fund", "dry-run", WORKSPACES,
	      "install-links"),
	 LIST("u", "up", "upgrade", "udpate"), -1, ABOUT_TREE | NEEDS_NET},
	{"version", "Show the package's version, or give it a new one",
	 LIST("[<newversion> | major | minor | patch | premajor | preminor | prepatch | prerelease | from-git]"),
	 LIST("allow-same-version", "commit-hooks", "git-tag-version", "json", "preid", "sign-git-tag", "save", "workspace",
	      "workspaces", "workspaces-update", "include-workspace-root", "ignore-scripts"),
	 LIST("verison"), -1, SCRIPT | ANY_CONFIG | NEEDS_NET},
	{"view", "View registry info", LIST("[<package-spec>] [<field>[.subfield]...]"), LIST("json", WORKSPACES),
	 LIST("info", "show", "v"), -1, SCRIPT | NEEDS_NET},
	{"whoami", "Display your user name", NULL, LIST("registry"), NULL, -1, NEEDS_NET},
	{NULL, NULL, NULL, NULL, NULL, 0, 0},
};
