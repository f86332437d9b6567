/* SPDX-License-Identifier: MIT */
#include "cli/ci.h"

#include <string.h>

#include "base/str.h"

/* Name and the variable it sets; with a value where the variable alone says too little. */
static const struct {
	const char *name, *variable, *value;
} servers[] = {
	{"agola-ci", "AGOLA_GIT_REF", NULL},
	{"appcircle", "AC_APPCIRCLE", NULL},
	{"appveyor", "APPVEYOR", NULL},
	{"aws-codebuild", "CODEBUILD_BUILD_ARN", NULL},
	{"azure-pipelines", "TF_BUILD", NULL},
	{"bamboo", "bamboo_planKey", NULL},
	{"bitbucket-pipelines", "BITBUCKET_COMMIT", NULL},
	{"bitrise", "BITRISE_IO", NULL},
	{"buddy", "BUDDY_WORKSPACE_ID", NULL},
	{"buildkite", "BUILDKITE", NULL},
	{"circleci", "CIRCLECI", NULL},
	{"cirrus-ci", "CIRRUS_CI", NULL},
	{"cloudflare-pages", "CF_PAGES", NULL},
	{"cloudflare-workers", "WORKERS_CI", NULL},
	{"codefresh", "CF_BUILD_ID", NULL},
	{"codemagic", "CM_BUILD_ID", NULL},
	{"codeship", "CI_NAME", "codeship"},
	{"drone", "DRONE", NULL},
	{"dsari", "DSARI", NULL},
	{"earthly", "EARTHLY_CI", NULL},
	{"expo-application-services", "EAS_BUILD", NULL},
	{"gerrit", "GERRIT_PROJECT", NULL},
	{"gitea-actions", "GITEA_ACTIONS", NULL},
	{"github-actions", "GITHUB_ACTIONS", NULL},
	{"gitlab-ci", "GITLAB_CI", NULL},
	{"gocd", "GO_PIPELINE_LABEL", NULL},
	{"google-cloud-build", "BUILDER_OUTPUT", NULL},
	{"harness-ci", "HARNESS_BUILD_ID", NULL},
	{"hudson", "HUDSON_URL", NULL},
	{"jenkins", "JENKINS_URL", NULL},
	{"layerci", "LAYERCI", NULL},
	{"magnum-ci", "MAGNUM", NULL},
	{"netlify-ci", "NETLIFY", NULL},
	{"nevercode", "NEVERCODE", NULL},
	{"prow", "PROW_JOB_ID", NULL},
	{"releasehub", "RELEASE_BUILD_ID", NULL},
	{"render", "RENDER", NULL},
	{"sail-ci", "SAILCI", NULL},
	{"screwdriver", "SCREWDRIVER", NULL},
	{"semaphore", "SEMAPHORE", NULL},
	{"sourcehut", "CI_NAME", "sourcehut"},
	{"strider-cd", "STRIDER", NULL},
	{"taskcluster", "TASK_ID", NULL},
	{"teamcity", "TEAMCITY_VERSION", NULL},
	{"travis-ci", "TRAVIS", NULL},
	{"vela", "VELA", NULL},
	{"vercel", "NOW_BUILDER", NULL},
	{"vercel", "VERCEL", NULL},
	{"visual-studio-app-center", "APPCENTER_BUILD_ID", NULL},
	{"woodpecker", "CI", "woodpecker"},
	{"xcode-cloud", "CI_XCODE_PROJECT", NULL},
	{"xcode-server", "XCS", NULL},
};

static const char *value_of(char *const *env, const char *name)
{
	size_t len = strlen(name);
	for (; env && *env; env++)
		if (!strncmp(*env, name, len) && (*env)[len] == '=' && (*env)[len + 1])
			return *env + len + 1;
	return NULL;
}

/* Of servers that a variable means the last: npm's list says more with each. -1: none. */
static int server_of(const char *variable)
{
	size_t len = strcspn(variable, "=");

	for (int i = ARRAY_LEN(servers) - 1; i >= 0; i--) {
		const char *name = servers[i].variable, *value = servers[i].value;

		/* This is asked at every start, and of every variable there is. */
		if (name[0] != variable[0] || strlen(name) != len || strncmp(name, variable, len) != 0 || !variable[len])
			continue;
		if (value ? streq(variable + len + 1, value) : variable[len + 1])
			return i;
	}
	return -1;
}

const char *ci_name(char *const *env)
{
	int found = -1;
	if (streq(value_of(env, "CI"), "false"))
		return NULL;
	for (; env && *env; env++) {
		int i = server_of(*env);
		found = i > found ? i : found;
	}
	return found < 0 ? NULL : servers[found].name;
}

bool ci_is(char *const *env)
{
	static const char *const any[] = {"BUILD_ID", "BUILD_NUMBER",	 "CI",	    "CI_APP_ID",	      "CI_BUILD_ID",
					  "CI_BUILD_NUMBER", "CI_NAME", "CONTINUOUS_INTEGRATION", "RUN_ID"};
	if (streq(value_of(env, "CI"), "false"))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(any); i++)
		if (value_of(env, any[i]))
			return true;
	return ci_name(env) != NULL;
}
