// A worker that makes lockfiles with npm's own Arborist; it may hang, and is then killed by whoever started it.
import { createRequire } from 'node:module'
import { parentPort, workerData } from 'node:worker_threads'

const Arborist = createRequire(`${workerData.npm}/package.json`)('@npmcli/arborist')
process.on('log', () => {})

parentPort.on('message', async ({ path, registry }) => {
	const options = {
		path, registry, cache: workerData.cache, packageLockOnly: true, complete: true, save: true, workspaces: [],
		nodeVersion: process.version, npmVersion: workerData.version, preferOnline: true, fetchRetries: 0,
	}
	try {
		await new Arborist(options).reify(options)
		parentPort.postMessage('ok')
	} catch (error) {
		parentPort.postMessage(error.code ?? 'crash')
	}
})
