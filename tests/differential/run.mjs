// Lockfiles for random graphs, npm's against lode's, byte for byte. Opt-in; needs npm 12 and the Node that lode bundles:
//
//	node tests/differential/run.mjs --npm DIR/node_modules/npm --lode build/debug/lode --from 1 --to 200 [--keep DIR]
//
// A seed differs when the two lockfiles do, or when one fails and the other does not. Where npm hangs or crashes nothing is
// compared. The folders of what differs are kept.
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import http from 'node:http'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import { graph } from './graph.mjs'

const text = { type: 'string' }
const { values: args } = parseArgs({ options: { npm: text, lode: text, from: text, to: text, keep: text } })
const dir = args.keep ?? fs.mkdtempSync(path.join(os.tmpdir(), 'differential-'))
const version = JSON.parse(fs.readFileSync(`${args.npm}/package.json`)).version
const graphs = new Map()

function packument(registry, name) {
	const entry = graphs.get(registry)?.registry[name]
	if (!entry) return null
	const versions = {}
	for (const [v, manifest] of Object.entries(entry.versions)) {
		const digest = Buffer.from(`${name}@${v}`.padEnd(64, 'x')).toString('base64').slice(0, 86)
		const tarball = `http://localhost:${server.address().port}/${registry}/-t/${name.replace('/', '-')}-${v}.tgz`
		versions[v] = { name, version: v, ...manifest, dist: { tarball, integrity: `sha512-${digest}==` } }
	}
	return { name, 'dist-tags': { latest: entry.latest }, versions }
}

const server = http.createServer((request, response) => {
	const [, registry, ...rest] = request.url.split('/')
	const found = packument(registry, decodeURIComponent(rest.join('/')))
	response.statusCode = found ? 200 : 404
	response.setHeader('content-type', 'application/json')
	response.end(JSON.stringify(found ?? { error: 'not found' }))
})

let worker = null
function npm(project, registry) {
	worker ??= new Worker(new URL('./npm.mjs', import.meta.url), { workerData: { npm: path.resolve(args.npm), cache: `${dir}/npm-cache`, version } })
	return new Promise(resolve => {
		const timer = setTimeout(() => {
			worker.terminate()
			worker = null
			resolve('hang')
		}, 15000)
		worker.once('message', result => {
			clearTimeout(timer)
			resolve(result)
		})
		worker.postMessage({ options: { path: project, registry, packageLockOnly: true, complete: true } })
	})
}

function lode(project, registry) {
	const flags = ['install', '--package-lock-only', '--no-audit', '--no-fund', '--prefer-online', '--fetch-retries=0',
		`--registry=${registry}`, `--cache=${dir}/lode-cache`, '--userconfig=/dev/null']
	return new Promise(resolve => {
		const child = spawn(path.resolve(args.lode), flags, { cwd: project, stdio: ['ignore', 'pipe', 'pipe'] })
		let output = ''
		const timer = setTimeout(() => child.kill('SIGKILL'), 20000)
		for (const stream of [child.stdout, child.stderr]) stream.on('data', data => { output += data })
		child.on('close', code => {
			clearTimeout(timer)
			resolve(code === 0 ? 'ok' : output.match(/error code (\w+)/)?.[1] ?? 'failed')
		})
	})
}

const read = file => fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : null

async function check(seed) {
	const registry = `http://localhost:${server.address().port}/s${seed}/`
	const places = ['npm', 'lode'].map(who => `${dir}/s${seed}/${who}`)
	graphs.set(`s${seed}`, graph(seed))
	for (const place of places) {
		fs.mkdirSync(place, { recursive: true })
		fs.writeFileSync(`${place}/package.json`, `${JSON.stringify(graphs.get(`s${seed}`).root, null, 2)}\n`)
	}
	const theirs = await npm(places[0], registry)
	if (theirs === 'hang' || theirs === 'crash') return 'skipped'
	const ours = await lode(places[1], registry)
	const [a, b] = places.map(place => read(`${place}/package-lock.json`))
	if (theirs === ours && (ours !== 'ok' || a === b)) {
		fs.rmSync(`${dir}/s${seed}`, { recursive: true })
		return 'same'
	}
	console.log(`seed ${seed}: npm ${theirs}, lode ${ours}`)
	return 'different'
}

await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
const count = { same: 0, different: 0, skipped: 0 }
for (let seed = Number(args.from ?? 1); seed <= Number(args.to ?? 100); seed++) count[await check(seed)]++
console.log(`same ${count.same}, different ${count.different}, not compared ${count.skipped}; folders in ${dir}`)
process.exit(count.different ? 1 : 0)
