// A worker that makes lockfiles or trees with npm's own Arborist; it may hang, and is then killed by whoever started it.
import { createRequire } from 'node:module'
import { parentPort, workerData } from 'node:worker_threads'

const require = createRequire(`${workerData.npm}/package.json`)
const Arborist = require('@npmcli/arborist')
const { resetSeen } = require('bin-links')
process.on('log', () => {})

const defaults = {
	cache: workerData.cache, save: true, savePrefix: '^', workspaces: [], workspacesEnabled: true, omit: [], binLinks: true,
	usePackageLock: true, formatPackageLock: true, audit: false, nodeVersion: process.version, npmVersion: workerData.version,
	preferOnline: true, fetchRetries: 0, fetchRetryMintimeout: 10,
}

parentPort.on('message', async ({ options: given, request }) => {
	const options = { ...defaults, ...given }
	resetSeen()	/* a run of npm is a process of its own */
	try {
		await new Arborist(options).reify({ ...options, ...request })
		parentPort.postMessage('ok')
	} catch (error) {
		parentPort.postMessage(error.code ?? 'crash')
	}
})
