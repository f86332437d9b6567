// A process that runs npm's own command line over and over; it may hang, and is then killed by whoever started it.
import { createRequire } from 'node:module'
import { Writable } from 'node:stream'

const [root] = process.argv.slice(2)
const require = createRequire(`${root}/package.json`)
require('graceful-fs').gracefulify(require('node:fs'))
const Npm = require('./lib/npm.js')
const { resetSeen } = require('bin-links')
const clean = { ...process.env }

process.on('unhandledRejection', () => {})
process.on('disconnect', () => process.exit())
process.on('message', async ({ cwd, argv }) => {
	let text = ''
	const sink = () => new Writable({ write(chunk, _, done) { text += chunk; done() } })
	let npm
	try {
		process.chdir(cwd)
		resetSeen()
		process.exitCode = undefined
		for (const key of Object.keys(process.env)) if (!(key in clean)) delete process.env[key]
		Object.assign(process.env, clean)
		process.argv = [process.argv[0], `${root}/bin/npm-cli.js`, ...argv]
		npm = new Npm({ stdout: sink(), stderr: sink() })
		const { command, args } = await npm.load()
		await npm.exec(command, args)
		process.send({ result: process.exitCode ? 'failed' : 'ok', text })
	} catch (error) {
		process.send({ result: typeof error.code === 'string' ? error.code : 'crash', text: text + (error.stack ?? error) })
	} finally {
		npm?.unload()
	}
})
process.send('ready')
