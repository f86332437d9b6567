/* SPDX-License-Identifier: MIT */
#include "registry/http.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/fs.h"
#include "base/library.h"
#include "registry/authorities.h"

#include <curl/curl.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define CONNECT_TIMEOUT_MS 60000
#define TRANSFER_BUFFER (128 * 1024L)
/* Documents come by the hundred, and most of them are an answer without a body. */
#define URGENT_BUFFER (16 * 1024L)
#define STREAMS_PER_CONNECTION 100L

#define CALLS(X)                                                                                                       \
	X(easy_cleanup) X(easy_getinfo) X(easy_init) X(easy_pause) X(easy_reset) X(easy_setopt) X(easy_strerror)       \
	X(free) X(global_cleanup) X(global_init)                                                                       \
	X(multi_add_handle) X(multi_cleanup) X(multi_info_read) X(multi_init) X(multi_perform) X(multi_poll)           \
	X(multi_remove_handle) X(multi_setopt) X(multi_strerror)                                                       \
	X(slist_append) X(slist_free_all) X(url) X(url_cleanup) X(url_get) X(url_set) X(version_info)
#define POINTER(name) __typeof__(&curl_##name) name;
#define NAME(name) "curl_" #name,

static struct { CALLS(POINTER) } curl;
static const char *const names[] = {CALLS(NAME)};
static struct library libcurl = LIBRARY(LODE_CURL_SONAME, names, curl);

struct http_transfer {
	CURL *easy;
	struct curl_slist *headers;
	void *ctx;
	struct http *http;
	char text[CURL_ERROR_SIZE];
	struct http_transfer *next;	/* on the list of unused ones, or of all under way */
	struct http_transfer **link;	/* what points at this one while under way */
};

struct http {
	struct arena arena;
	const struct net_options *options;
	const struct http_events *events;
	CURLM *multi;			/* NULL until the first http_ready() */
	int bell;			/* what http_wake() rings: the library may not be there yet */
	struct http_transfer *unused, *active;
	bool connected;			/* some transfer was, by the last look at the network */
	struct authorities trusted;
};

/* ---- opening ---- */

static const char *system_ca_file(void)
{
	const curl_version_info_data *info = curl.version_info(CURLVERSION_NOW);

	return info->cainfo && fs_exists(info->cainfo) ? info->cainfo : NULL;
}

struct http *http_open(const struct net_options *options, const struct http_events *events, struct err *err)
{
	int bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	struct arena a = ARENA_INIT;
	struct http *h;

	if (bell < 0) {
		err_sys(err, errno, "cannot wait for the network");
		return NULL;
	}
	h = ARENA_NEW(&a, struct http);
	h->arena = a;
	h->options = options;
	h->events = events;
	h->bell = bell;
	return h;
}

static CURLM *make_multi(const struct net_options *options)
{
	CURLM *multi = curl.multi_init();

	if (!multi)
		base_out_of_memory();
	curl.multi_setopt(multi, CURLMOPT_PIPELINING, (long)CURLPIPE_MULTIPLEX);
	curl.multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)options->max_sockets);
	curl.multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)options->max_sockets * 2);
	curl.multi_setopt(multi, CURLMOPT_MAX_CONCURRENT_STREAMS, STREAMS_PER_CONNECTION);
	return multi;
}

int http_ready(struct http *h, struct err *err)
{
	if (h->multi)
		return 0;
	if (library_need(&libcurl, err) < 0)
		return -1;
	if (curl.global_init(CURL_GLOBAL_DEFAULT))
		return err_set(err, ERR_ENETWORK, "the network library does not start");
	if (authorities_choose(&h->trusted, &h->arena, h->options, system_ca_file(), err) < 0) {
		curl.global_cleanup();
		return -1;
	}
	h->multi = make_multi(h->options);
	return 0;
}

static void transfer_drop(struct http *h, struct http_transfer *t)
{
	curl.multi_remove_handle(h->multi, t->easy);
	curl.slist_free_all(t->headers);
	t->headers = NULL;
	*t->link = t->next;
	if (t->next)
		t->next->link = t->link;
	t->next = h->unused;
	h->unused = t;
}

void http_close(struct http *h)
{
	struct arena a;

	if (!h)
		return;
	while (h->active)
		transfer_drop(h, h->active);
	for (struct http_transfer *t = h->unused; t; t = t->next)
		curl.easy_cleanup(t->easy);
	if (h->multi) {
		curl.multi_cleanup(h->multi);
		curl.global_cleanup();
	}
	close(h->bell);
	a = h->arena;
	arena_release(&a);
}

/* ---- starting ---- */

static size_t on_header(char *p, size_t size, size_t n, void *ctx)
{
	struct http_transfer *t = ctx;
	struct str line = {p, size * n};

	while (line.len && (line.ptr[line.len - 1] == '\n' || line.ptr[line.len - 1] == '\r'))
		line.len--;
	t->http->events->header(t->ctx, line);
	return size * n;
}

static int on_connected(void *ctx, UNUSED char *to, UNUSED char *from, UNUSED int to_port, UNUSED int from_port)
{
	struct http_transfer *t = ctx;

	t->http->connected = true;
	t->http->events->connected(t->ctx);
	return CURL_PREREQFUNC_OK;
}

static size_t on_data(char *p, size_t size, size_t n, void *ctx)
{
	struct http_transfer *t = ctx;

	switch (t->http->events->data(t->ctx, p, size * n)) {
	case NET_TAKEN:
		return size * n;
	case NET_FULL:
		return CURL_WRITEFUNC_PAUSE;
	default:
		return 0;
	}
}

static struct http_transfer *transfer_make(struct http *h)
{
	struct http_transfer *t = h->unused;

	if (t) {
		h->unused = t->next;
		curl.easy_reset(t->easy);
		return t;
	}
	t = ARENA_NEW(&h->arena, struct http_transfer);
	t->http = h;
	t->easy = curl.easy_init();
	if (!t->easy)
		base_out_of_memory();
	return t;
}

static void set_blob(CURL *easy, CURLoption option, struct str text)
{
	struct curl_blob blob = {(void *)(uintptr_t)text.ptr, text.len, CURL_BLOB_NOCOPY};

	curl.easy_setopt(easy, option, &blob);
}

static void set_tls(struct http_transfer *t, const struct http_order *order)
{
	const struct http *h = t->http;
	const char *cert = order->cert_pem ? order->cert_pem : h->options->cert_pem;
	const char *key = order->key_pem ? order->key_pem : h->options->key_pem;
	long verify = h->options->insecure ? 0 : 1;

	curl.easy_setopt(t->easy, CURLOPT_SSL_VERIFYPEER, verify);
	curl.easy_setopt(t->easy, CURLOPT_SSL_VERIFYHOST, verify * 2);
	curl.easy_setopt(t->easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (h->trusted.pem.ptr)
		set_blob(t->easy, CURLOPT_CAINFO_BLOB, h->trusted.pem);
	/* A file without a directory of hashed names lets the library keep the parsed authorities. */
	if (h->trusted.alone || h->trusted.file || h->trusted.dir) {
		curl.easy_setopt(t->easy, CURLOPT_CAINFO, h->trusted.file);
		curl.easy_setopt(t->easy, CURLOPT_CAPATH, h->trusted.dir);
	}
	if (!cert || !key || !*cert || !*key)
		return;
	set_blob(t->easy, CURLOPT_SSLCERT_BLOB, str_from(cert));
	set_blob(t->easy, CURLOPT_SSLKEY_BLOB, str_from(key));
	curl.easy_setopt(t->easy, CURLOPT_SSLCERTTYPE, "PEM");
	curl.easy_setopt(t->easy, CURLOPT_SSLKEYTYPE, "PEM");
}

static void set_method(CURL *easy, const struct http_order *order)
{
	if (strcmp(order->method, "HEAD") == 0) {
		curl.easy_setopt(easy, CURLOPT_NOBODY, 1L);
		return;
	}
	if (order->content.ptr) {
		curl.easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)order->content.len);
		curl.easy_setopt(easy, CURLOPT_POSTFIELDS, order->content.ptr);
	}
	curl.easy_setopt(easy, CURLOPT_CUSTOMREQUEST, order->method);
}

static void set_connection(struct http_transfer *t, const struct http_order *order)
{
	const struct net_options *o = t->http->options;
	int64_t connect_ms = o->timeout_ms < CONNECT_TIMEOUT_MS ? o->timeout_ms : CONNECT_TIMEOUT_MS;

	curl.easy_setopt(t->easy, CURLOPT_HTTP_VERSION,
		o->http1 ? (long)CURL_HTTP_VERSION_1_1 : (long)CURL_HTTP_VERSION_2TLS);
	curl.easy_setopt(t->easy, CURLOPT_PIPEWAIT, o->http1 ? 0L : 1L);
	curl.easy_setopt(t->easy, CURLOPT_PREREQFUNCTION, on_connected);
	curl.easy_setopt(t->easy, CURLOPT_PREREQDATA, t);
	curl.easy_setopt(t->easy, CURLOPT_STREAM_WEIGHT, order->urgent ? 256L : 32L);
	curl.easy_setopt(t->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)connect_ms);
	curl.easy_setopt(t->easy, CURLOPT_TCP_KEEPALIVE, 1L);
	curl.easy_setopt(t->easy, CURLOPT_FRESH_CONNECT, order->fresh ? 1L : 0L);
	curl.easy_setopt(t->easy, CURLOPT_QUICK_EXIT, 1L);
	curl.easy_setopt(t->easy, CURLOPT_NOSIGNAL, 1L);
	curl.easy_setopt(t->easy, CURLOPT_BUFFERSIZE, order->urgent ? URGENT_BUFFER : TRANSFER_BUFFER);
	/* Set even when there is none: the environment has been looked at already, in npm's way. */
	curl.easy_setopt(t->easy, CURLOPT_PROXY, order->proxy ? order->proxy : "");
	curl.easy_setopt(t->easy, CURLOPT_NOPROXY, "");
	curl.easy_setopt(t->easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	if (o->local_address && *o->local_address)
		curl.easy_setopt(t->easy, CURLOPT_INTERFACE, o->local_address);
}

static void set_request(struct http_transfer *t, const struct http_order *order)
{
	curl.easy_setopt(t->easy, CURLOPT_URL, order->url);
	curl.easy_setopt(t->easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl.easy_setopt(t->easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl.easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->headers);
	if (order->encoded)
		curl.easy_setopt(t->easy, CURLOPT_ACCEPT_ENCODING, "gzip, deflate, br");
	curl.easy_setopt(t->easy, CURLOPT_ERRORBUFFER, t->text);
	curl.easy_setopt(t->easy, CURLOPT_PRIVATE, (char *)t);
	curl.easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, on_data);
	curl.easy_setopt(t->easy, CURLOPT_WRITEDATA, t);
	curl.easy_setopt(t->easy, CURLOPT_HEADERFUNCTION, on_header);
	curl.easy_setopt(t->easy, CURLOPT_HEADERDATA, t);
}

struct http_transfer *http_start(struct http *h, const struct http_order *order, void *ctx, struct err *err)
{
	struct http_transfer *t = transfer_make(h);
	CURLMcode rc;

	t->ctx = ctx;
	t->text[0] = '\0';
	for (const char *const *line = order->headers; *line; line++)
		t->headers = curl.slist_append(t->headers, *line);
	set_request(t, order);
	set_method(t->easy, order);
	set_connection(t, order);
	set_tls(t, order);
	rc = curl.multi_add_handle(h->multi, t->easy);
	t->next = h->active;
	t->link = &h->active;
	if (t->next)
		t->next->link = &t->next;
	h->active = t;
	if (!rc)
		return t;
	transfer_drop(h, t);
	err_set(err, ERR_ENETWORK, "request to %s failed, reason: %s", order->url, curl.multi_strerror(rc));
	return NULL;
}

void http_stop(struct http *h, struct http_transfer *t)
{
	transfer_drop(h, t);
}

void http_resume(struct http *h UNUSED, struct http_transfer *t)
{
	curl.easy_pause(t->easy, CURLPAUSE_CONT);
}

/* ---- how it ended ---- */

static void fault(struct http_end *end, enum err_code code, enum retry_cause cause, const char *text)
{
	end->code = code;
	end->cause = cause;
	snprintf(end->text, sizeof(end->text), "%s", text);
}

static void named_fault(struct http_end *end, const char *name, enum retry_cause cause, const char *text)
{
	enum err_code code = err_code_of(name);

	fault(end, code == ERR_OK ? ERR_EGENERIC : code, cause, text);
	if (end->code == ERR_EGENERIC || end->code == ERR_ESYSTEM)
		snprintf(end->name, sizeof(end->name), "%s", name);
}

/* What a failure is explained from. */
struct failure {
	CURL *easy;
	const char *text, *host, *place;	/* place: host:port */
};

/* The verifier's numbers are part of OpenSSL's interface (x509_vfy.h); the names and texts are those npm shows. */
static const struct verify_name {
	long result;
	const char *name, *text;
} verify_names[] = {
	{2, "UNABLE_TO_GET_ISSUER_CERT", "unable to get issuer certificate"},
	{3, "UNABLE_TO_GET_CRL", "unable to get certificate CRL"},
	{7, "CERT_SIGNATURE_FAILURE", "certificate signature failure"},
	{9, "CERT_NOT_YET_VALID", "certificate is not yet valid"},
	{10, "CERT_HAS_EXPIRED", "certificate has expired"},
	{18, "DEPTH_ZERO_SELF_SIGNED_CERT", "self-signed certificate"},
	{19, "SELF_SIGNED_CERT_IN_CHAIN", "self-signed certificate in certificate chain"},
	{20, "UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "unable to get local issuer certificate"},
	{21, "UNABLE_TO_VERIFY_LEAF_SIGNATURE", "unable to verify the first certificate"},
	{22, "CERT_CHAIN_TOO_LONG", "certificate chain too long"},
	{23, "CERT_REVOKED", "certificate revoked"},
	{24, "INVALID_CA", "invalid CA certificate"},
	{25, "PATH_LENGTH_EXCEEDED", "path length constraint exceeded"},
	{26, "INVALID_PURPOSE", "unsuitable certificate purpose"},
	{27, "CERT_UNTRUSTED", "certificate not trusted"},
	{28, "CERT_REJECTED", "certificate rejected"},
	{62, "ERR_TLS_CERT_ALTNAME_INVALID", "Hostname/IP does not match certificate's altnames"},
};

static void verify_fault(struct http_end *end, const struct failure *f)
{
	long result = 0;

	curl.easy_getinfo(f->easy, CURLINFO_SSL_VERIFYRESULT, &result);
	/* Zero: the chain was fine, so it was the name. */
	if (!result)
		result = 62;
	for (size_t i = 0; i < ARRAY_LEN(verify_names); i++) {
		if (verify_names[i].result != result)
			continue;
		named_fault(end, verify_names[i].name, RETRY_NEVER, verify_names[i].text);
		return;
	}
	fault(end, ERR_ECERT, RETRY_NEVER, "unable to verify the certificate");
}

static void connect_fault(struct http_end *end, const struct failure *f)
{
	long number = 0;
	char text[300];
	const char *name;

	curl.easy_getinfo(f->easy, CURLINFO_OS_ERRNO, &number);
	if (!number)
		number = ECONNREFUSED;
	name = strerrorname_np((int)number);
	snprintf(text, sizeof(text), "connect %s %s", name ? name : "ENETWORK", f->place);
	named_fault(end, name ? name : "ENETWORK", RETRY_LATER, text);
}

static void tls_fault(struct http_end *end, const struct failure *f)
{
	long number = 0;

	curl.easy_getinfo(f->easy, CURLINFO_OS_ERRNO, &number);
	if (number == ECONNRESET || strstr(f->text, "SSL_ERROR_SYSCALL") || strstr(f->text, "reset by peer") ||
		strstr(f->text, "unexpected eof"))
		fault(end, ERR_ECONNRESET, RETRY_BROKEN,
			"Client network socket disconnected before secure TLS connection was established");
	else if (strstr(f->text, "wrong version number"))
		named_fault(end, "ERR_SSL_WRONG_VERSION_NUMBER", RETRY_NEVER, f->text);
	else
		named_fault(end, "EPROTO", RETRY_NEVER, f->text);
}

static void broken_fault(struct http_end *end, const struct failure *f)
{
	char message[64];
	long proxy = 0;

	curl.easy_getinfo(f->easy, CURLINFO_HTTP_CONNECTCODE, &proxy);
	if (proxy < 400) {
		fault(end, ERR_ECONNRESET, RETRY_BROKEN, f->text);
		return;
	}
	snprintf(message, sizeof(message), "the proxy answered %ld to CONNECT", proxy);
	fault(end, ERR_ENETWORK, proxy >= 500 ? RETRY_LATER : RETRY_NEVER, message);
}

static void reply_fault(struct http_end *end, const struct failure *f)
{
	named_fault(end, "HPE_INVALID_CONSTANT", RETRY_BROKEN, f->text);
}

static void lookup_fault(struct http_end *end, const struct failure *f)
{
	char text[300];

	snprintf(text, sizeof(text), "getaddrinfo ENOTFOUND %s", f->host);
	fault(end, ERR_ENOTFOUND, RETRY_LOOKUP, text);
}

/* The library's only clock here is for connecting; registry/net.c keeps all others. */
static void timeout_fault(struct http_end *end, const struct failure *f)
{
	char text[300];

	snprintf(text, sizeof(text), "connect ETIMEDOUT %s", f->place);
	fault(end, ERR_ETIMEDOUT, RETRY_LATER, text);
}

static void url_fault(struct http_end *end, const struct failure *f)
{
	named_fault(end, "ERR_INVALID_URL", RETRY_NEVER, f->text);
}

static const struct {
	CURLcode code;
	void (*explain)(struct http_end *end, const struct failure *f);
} failures[] = {
	{CURLE_COULDNT_RESOLVE_HOST, lookup_fault},
	{CURLE_COULDNT_RESOLVE_PROXY, lookup_fault},
	{CURLE_COULDNT_CONNECT, connect_fault},
	{CURLE_OPERATION_TIMEDOUT, timeout_fault},
	{CURLE_PEER_FAILED_VERIFICATION, verify_fault},
	{CURLE_SSL_CONNECT_ERROR, tls_fault},
	{CURLE_RECV_ERROR, broken_fault},
	{CURLE_SEND_ERROR, broken_fault},
	{CURLE_GOT_NOTHING, broken_fault},
	{CURLE_PARTIAL_FILE, broken_fault},
	{CURLE_HTTP2, broken_fault},
	{CURLE_HTTP2_STREAM, broken_fault},
	{CURLE_BAD_CONTENT_ENCODING, broken_fault},
	{CURLE_WEIRD_SERVER_REPLY, reply_fault},
	{CURLE_URL_MALFORMAT, url_fault},
	{CURLE_UNSUPPORTED_PROTOCOL, url_fault},
};

static void explain_failure(struct http_end *end, const struct http_transfer *t, CURLcode rc)
{
	struct failure f = {t->easy, *t->text ? t->text : curl.easy_strerror(rc), NULL, NULL};
	const char *url = NULL;
	char host[256] = "", origin[300] = "";

	curl.easy_getinfo(t->easy, CURLINFO_EFFECTIVE_URL, &url);
	http_host(url, host, sizeof(host));
	f.host = host;
	f.place = http_origin(url, origin, sizeof(origin)) ? strstr(origin, "://") + 3 : host;
	for (size_t i = 0; i < ARRAY_LEN(failures); i++) {
		if (failures[i].code != rc)
			continue;
		failures[i].explain(end, &f);
		return;
	}
	fault(end, ERR_ENETWORK, RETRY_NEVER, f.text);
}

static int version_number(long version)
{
	switch (version) {
	case CURL_HTTP_VERSION_1_0:
		return 10;
	case CURL_HTTP_VERSION_2_0:
		return 20;
	default:
		return 11;
	}
}

static void transfer_end(struct http *h, struct http_transfer *t, CURLcode rc)
{
	struct http_end end = {0};
	char redirect[8192];
	long status = 0, version = 0;
	char *location = NULL;
	void *ctx = t->ctx;

	curl.easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	curl.easy_getinfo(t->easy, CURLINFO_HTTP_VERSION, &version);
	curl.easy_getinfo(t->easy, CURLINFO_NUM_CONNECTS, &end.connections);
	curl.easy_getinfo(t->easy, CURLINFO_REDIRECT_URL, &location);
	end.status = (int)status;
	end.version = version_number(version);
	if (rc != CURLE_OK)
		explain_failure(&end, t, rc);
	/* The text belongs to the handle, which goes back before the answer is looked at. */
	if (location && strlen(location) < sizeof(redirect)) {
		memcpy(redirect, location, strlen(location) + 1);
		end.redirect = redirect;
	}
	transfer_drop(h, t);
	h->events->end(ctx, &end);
}

static void silence(struct http *h)
{
	eventfd_t rings;

	(void)!eventfd_read(h->bell, &rings);
}

/* Before anything was asked for, workers are all that may ring. */
static void wait_for_bell(struct http *h, int timeout_ms)
{
	struct pollfd bell = {.fd = h->bell, .events = POLLIN};

	if (poll(&bell, 1, timeout_ms) > 0)
		silence(h);
}

static void wait_for_all(struct http *h, int timeout_ms)
{
	struct curl_waitfd bell = {.fd = h->bell, .events = CURL_WAIT_POLLIN};

	curl.multi_poll(h->multi, &bell, 1, timeout_ms, NULL);
	if (bell.revents)
		silence(h);
}

void http_poll(struct http *h, int timeout_ms)
{
	int running = 0, left = 0;
	CURLMsg *m;

	if (!h->multi) {
		wait_for_bell(h, timeout_ms);
		return;
	}
	h->connected = false;
	curl.multi_perform(h->multi, &running);
	m = curl.multi_info_read(h->multi, &left);
	if (!m && !h->connected) {
		wait_for_all(h, timeout_ms);
		curl.multi_perform(h->multi, &running);
		m = curl.multi_info_read(h->multi, &left);
	}
	for (; m; m = curl.multi_info_read(h->multi, &left)) {
		char *mine = NULL;

		if (m->msg != CURLMSG_DONE)
			continue;
		curl.easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &mine);
		transfer_end(h, (struct http_transfer *)(void *)mine, m->data.result);
	}
}

void http_wake(struct http *h)
{
	(void)!eventfd_write(h->bell, 1);
}

/* ---- URLs ---- */

static bool url_part(CURLU *u, CURLUPart part, unsigned flags, char *out, size_t n)
{
	char *text = NULL;
	bool ok;

	if (curl.url_get(u, part, &text, flags))
		return false;
	ok = (size_t)snprintf(out, n, "%s", text) < n;
	curl.free(text);
	return ok;
}

static CURLU *url_open(const char *url)
{
	CURLU *u = curl.url();

	if (!u)
		base_out_of_memory();
	if (url && !curl.url_set(u, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME))
		return u;
	curl.url_cleanup(u);
	return NULL;
}

bool http_origin(const char *url, char *out, size_t n)
{
	char scheme[8], host[300], port[8];
	CURLU *u = url_open(url);
	bool ok = false;

	out[0] = '\0';
	if (!u)
		return false;
	if (url_part(u, CURLUPART_SCHEME, 0, scheme, sizeof(scheme)) &&
		(strcmp(scheme, "https") == 0 || strcmp(scheme, "http") == 0) &&
		url_part(u, CURLUPART_HOST, 0, host, sizeof(host)) &&
		url_part(u, CURLUPART_PORT, CURLU_DEFAULT_PORT, port, sizeof(port)))
		ok = (size_t)snprintf(out, n, "%s://%s:%s", scheme, host, port) < n;
	curl.url_cleanup(u);
	if (!ok)
		out[0] = '\0';
	for (char *p = out; *p; p++)
		*p = (char)(*p >= 'A' && *p <= 'Z' ? *p | 0x20 : *p);
	return ok;
}

bool http_host(const char *url, char *out, size_t n)
{
	CURLU *u = url_open(url);
	size_t len;
	bool ok;

	out[0] = '\0';
	if (!u)
		return false;
	ok = url_part(u, CURLUPART_HOST, 0, out, n);
	curl.url_cleanup(u);
	len = strlen(out);
	if (ok && out[0] == '[' && out[len - 1] == ']') {
		memmove(out, out + 1, len - 2);
		out[len - 2] = '\0';
	}
	return ok;
}
