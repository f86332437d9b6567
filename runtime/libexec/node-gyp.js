#!/usr/bin/env node
// node-gyp with the headers of the runtime it is for, unless it is told to build for another one. Nothing is fetched.
'use strict'

const { existsSync } = require('fs')
const { dirname, join } = require('path')

const other = /^--(?:nodedir|target|dist-url|disturl|tarball)(?:=|$)/
const otherEnv = /^npm_(?:config|package_config_node_gyp)_(?:nodedir|target|dist_url|disturl|tarball)$/i
const chosen = process.argv.slice(2).some(arg => other.test(arg)) ||
  Object.keys(process.env).some(key => otherEnv.test(key) && process.env[key])
const root = dirname(dirname(process.execPath))

if (!chosen && existsSync(join(root, 'include/node/node.h'))) {
  process.argv.splice(2, 0, `--nodedir=${root}`)
}

// node-gyp itself wants a Node of these days (its engines say which): for another it is run by the bundled one.
const [major, minor] = process.versions.node.split('.').map(Number)
const bundled = join(__dirname, '../../runtime/bin/node')
const fits = major >= 26 || (major === 24 && minor >= 15) || (major === 22 && minor >= 23)

if (!fits && existsSync(bundled)) {
  const child = require('child_process').spawnSync(bundled, [__filename].concat(process.argv.slice(2)), { stdio: 'inherit' })

  if (child.error) {
    console.error(`node-gyp: ${bundled}: ${child.error.message}`)
  }
  process.exit(child.status === null ? 1 : child.status)
}
require('../node_modules/node-gyp/bin/node-gyp.js')
