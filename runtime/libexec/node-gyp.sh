#!/bin/sh
exec node "$npm_config_node_gyp" "$@"
