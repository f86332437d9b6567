#!/usr/bin/env node
// What $npm_execpath names: `node npm-cli.js run x` is `lode run x`.
'use strict'

const { existsSync } = require('fs')
const { resolve } = require('path')

const places = ['../../bin/lode', '../../lode'].map(place => resolve(__dirname, place))
const lode = places.find(existsSync)
const args = process.argv.slice(2)

if (!lode) {
  console.error(`npm-cli.js: lode is not at ${places.join(' or ')}`)
  process.exit(1)
}

if (typeof process.execve === 'function') {
  process.execve(lode, ['npm', ...args], process.env)
}

// A runtime that cannot become another program waits for it instead.
const child = require('child_process').spawn(lode, args, { argv0: 'npm', stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => child.kill(signal))
}
child.on('error', (error) => {
  console.error(`npm-cli.js: ${error.message}`)
  process.exit(1)
})
child.on('exit', (code, signal) => {
  if (signal) {
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  }
  process.exitCode = code === null ? 1 : code
})
