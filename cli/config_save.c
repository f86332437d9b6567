/* SPDX-License-Identifier: MIT */
#include "cli/config_room.h"

#include <errno.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/path.h"
#include "base/str.h"
#include "cli/ini.h"

#define MAX_NPMRC ((size_t)16 << 20)

int config_save(struct config *c, enum config_where where, struct err *err)
{
	const char *path = c->layers[where].source;
	struct buf text = BUF_INIT(MAX_NPMRC);
	if (!path || !path_is_absolute(path))
		return err_set(err, ERR_EGENERIC, "Cannot save %s config: %s", config_where_name(where), path ? path : "");
	ini_format(&text, c->arena, c->layers[where].raw);
	buf_addc(&text, '\n');
	struct str trimmed = str_trim(buf_str(&text));
	int rc = 0;
	if (!trimmed.len) {
		struct err ignored = ERR_INIT;
		if (fs_unlink(path, &ignored))
			err_clear(&ignored);
	} else {
		struct str whole = {trimmed.ptr, trimmed.len + 1};
		mode_t mode = where == CONFIG_USER ? 0600 : 0666;
		rc = fs_mkdirs(path_dir(c->arena, path), err);
		if (!rc)
			rc = fs_write(path, whole, mode, err);
		if (!rc && chmod(path, mode))
			rc = err_sys(err, errno, "chmod '%s'", path);
	}
	buf_release(&text);
	return rc;
}
