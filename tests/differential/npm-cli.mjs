// npm's command line again and again in one process: starting it anew takes most of its time.
import fs from 'node:fs'
import { createRequire } from 'node:module'
import { Writable } from 'node:stream'

const root = process.argv[2]
const require = createRequire(`${root}/package.json`)
process.argv = [process.execPath, `${root}/bin/npm-cli.js`]
require('graceful-fs').gracefulify(fs)
const Npm = require(`${root}/lib/npm.js`)
const { resetSeen } = createRequire(require.resolve('@npmcli/arborist'))('bin-links')
const environment = { ...process.env }

function sink() {
	const stream = new Writable({ write(chunk, _, done) {
		stream.text += chunk
		done()
	} })
	stream.text = ''
	return stream
}

process.on('message', async ({ args, cwd }) => {
	const stdout = sink(), stderr = sink()
	process.chdir(cwd)
	process.exitCode = 0
	resetSeen()
	for (const key of Object.keys(process.env)) if (!(key in environment)) delete process.env[key]
	Object.assign(process.env, environment)
	const npm = new Npm({ stdout, stderr, npmRoot: root, argv: args })
	let code = null, trace = ''
	try {
		const run = await npm.load()
		await npm.exec(run.command, run.args)
	} catch (error) {
		code = error.code ?? 'failed'
		if (typeof code === 'number') code = 'failed'
		trace = error.stack
	}
	const status = process.exitCode
	process.exitCode = 0
	npm.unload()
	process.send({ code: code ?? (status ? 'failed' : 'ok'), stdout: stdout.text, stderr: `${stderr.text}${trace}` })
})
