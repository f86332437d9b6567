/* SPDX-License-Identifier: MIT */
#include "registry/proxy.h"

#include "base/str.h"

#include <stdlib.h>
#include <strings.h>

static const char *env_either(const char *upper, const char *lower)
{
	const char *v = getenv(lower);

	return v && *v ? v : getenv(upper);
}

void proxy_from_env(struct proxy_settings *p)
{
	p->env_proxy = env_either("PROXY", "proxy");
	p->env_http_proxy = env_either("HTTP_PROXY", "http_proxy");
	p->env_https_proxy = env_either("HTTPS_PROXY", "https_proxy");
	p->env_no_proxy = env_either("NO_PROXY", "no_proxy");
}

static const char *first_set(const char *a, const char *b)
{
	if (a && *a)
		return a;
	return b && *b ? b : NULL;
}

static bool domain_covers(struct str domain, struct str host)
{
	while (domain.len && domain.ptr[0] == '.')
		domain = str_skip(domain, 1);
	while (domain.len && domain.ptr[domain.len - 1] == '.')
		domain.len--;
	if (str_is(domain, "*"))
		return true;
	if (!domain.len || domain.len > host.len)
		return false;
	if (strncasecmp(host.ptr + host.len - domain.len, domain.ptr, domain.len) != 0)
		return false;
	return domain.len == host.len || host.ptr[host.len - domain.len - 1] == '.';
}

bool proxy_is_excluded(const char *list, const char *host)
{
	struct str rest = str_from(list);

	while (rest.len) {
		struct str one = str_trim(str_cut(rest, ',', &rest));

		if (domain_covers(one, str_from(host)))
			return true;
	}
	return false;
}

const char *proxy_choose(const struct proxy_settings *p, bool https, const char *host)
{
	const char *url = first_set(p->https_proxy, p->proxy);
	const char *excluded = first_set(p->no_proxy, p->env_no_proxy);

	if (!url)
		url = https ? first_set(p->env_https_proxy, NULL)
			    : first_set(first_set(p->env_https_proxy, p->env_http_proxy), p->env_proxy);
	if (!url || (excluded && proxy_is_excluded(excluded, host)))
		return NULL;
	return url;
}
