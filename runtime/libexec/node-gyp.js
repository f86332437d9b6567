#!/usr/bin/env node
// node-gyp with the bundled runtime's own headers, unless it is told to build for another runtime. Nothing is fetched.
'use strict'

const { existsSync } = require('node:fs')
const { dirname, join } = require('node:path')

const other = /^--(?:nodedir|target|dist-url|disturl|tarball)(?:=|$)/
const otherEnv = /^npm_(?:config|package_config_node_gyp)_(?:nodedir|target|dist_url|disturl|tarball)$/i
const chosen = process.argv.slice(2).some(arg => other.test(arg)) ||
  Object.keys(process.env).some(key => otherEnv.test(key) && process.env[key])
const root = dirname(dirname(process.execPath))

if (!chosen && existsSync(join(root, 'include/node/node.h'))) {
  process.argv.splice(2, 0, `--nodedir=${root}`)
}
require('../node_modules/node-gyp/bin/node-gyp.js')
