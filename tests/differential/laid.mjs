// What npm and lode lay on disk for random projects, byte for byte: every path, link, file and mode in node_modules, the
// lockfiles and package.json; after the first install and after each of some changes:
//
//	node tests/differential/laid.mjs --npm DIR/node_modules/npm --lode build/debug/lode --strategy linked --from 1 --to 50 [--steps 2] [--keep DIR]
//
// A seed differs at the first step after which the two do. The folders of what differs are kept.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import http from 'node:http'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import zlib from 'node:zlib'
import { project } from './graph.mjs'

const text = { type: 'string' }
const { values: args } = parseArgs({ options: { npm: text, lode: text, from: text, to: text, keep: text, strategy: text, steps: text } })
const dir = args.keep ?? fs.mkdtempSync(path.join(os.tmpdir(), 'laid-'))
const version = JSON.parse(fs.readFileSync(`${args.npm}/package.json`)).version
const projects = new Map()
const tarballs = new Map()

// ---- the registry ----

function entry(name, data) {
	const head = Buffer.alloc(512)
	const field = (at, value) => head.write(value, at)
	field(0, `package/${name}`)
	field(100, '0000644\0')
	field(108, '0000000\0')
	field(116, '0000000\0')
	field(124, `${data.length.toString(8).padStart(11, '0')}\0`)
	field(136, '00000000000\0')
	field(148, '        ')
	field(156, '0')
	field(257, 'ustar\0' + '00')
	field(148, `${head.reduce((a, b) => a + b, 0).toString(8).padStart(6, '0')}\0 `)
	return Buffer.concat([head, data, Buffer.alloc((512 - data.length % 512) % 512)])
}

function tarball(manifest) {
	const key = JSON.stringify(manifest)
	if (!tarballs.has(key)) {
		const files = [entry('package.json', Buffer.from(key)), entry('x.js', Buffer.from(`#!/usr/bin/env node\n// ${key}\n`))]
		tarballs.set(key, zlib.gzipSync(Buffer.concat([...files, Buffer.alloc(1024)])))
	}
	return tarballs.get(key)
}

const manifestOf = (seed, name, v) => {
	const found = projects.get(seed)?.registry[name]?.versions[v]
	return found && { name, version: v, ...found }
}

function packument(seed, name) {
	const found = projects.get(seed)?.registry[name]
	if (!found) return null
	const versions = {}
	for (const v of Object.keys(found.versions)) {
		const manifest = manifestOf(seed, name, v)
		const file = `${name.split('/').pop()}-${v}.tgz`
		const integrity = `sha512-${createHash('sha512').update(tarball(manifest)).digest('base64')}`
		versions[v] = { ...manifest, dist: { tarball: `http://localhost:${server.address().port}/${seed}/${name}/-/${file}`, integrity } }
	}
	return { name, 'dist-tags': { latest: found.latest }, versions }
}

const server = http.createServer((request, response) => {
	const [, seed, ...rest] = decodeURIComponent(request.url).split('/')
	const [name, file] = rest.join('/').split('/-/')
	const manifest = file && manifestOf(seed, name, file.slice(name.split('/').pop().length + 1, -4))
	const body = file ? manifest && tarball(manifest) : packument(seed, name)
	response.statusCode = body ? 200 : 404
	if (!file) response.setHeader('content-type', 'application/json')
	response.end(file ? body || '' : JSON.stringify(body ?? { error: 'not found' }))
})

// ---- the two ----

let worker = null
function npm(options, request) {
	worker ??= new Worker(new URL('./npm.mjs', import.meta.url), { workerData: { npm: path.resolve(args.npm), cache: `${dir}/npm-cache`, version } })
	return new Promise(resolve => {
		const timer = setTimeout(() => {
			worker.terminate()
			worker = null
			resolve('hang')
		}, 20000)
		worker.once('message', result => {
			clearTimeout(timer)
			resolve(result)
		})
		worker.postMessage({ options, request })
	})
}

function lode(options, request) {
	const flags = [request.update ? 'update' : request.rm ? 'uninstall' : 'install', ...(request.add ?? request.rm ?? []),
		`--install-strategy=${options.installStrategy}`, '--no-audit', '--no-fund', '--prefer-online', '--fetch-retries=0',
		`--registry=${options.registry}`, `--cache=${dir}/lode-cache`, '--userconfig=/dev/null',
		...options.omit.map(type => `--omit=${type}`), ...options.workspaces.map(name => `--workspace=${name}`)]
	return new Promise(resolve => {
		const child = spawn(path.resolve(args.lode), flags, { cwd: options.path, stdio: ['ignore', 'pipe', 'pipe'] })
		let output = ''
		const timer = setTimeout(() => child.kill('SIGKILL'), 20000)
		for (const stream of [child.stdout, child.stderr]) stream.on('data', data => { output += data })
		child.on('close', code => {
			clearTimeout(timer)
			if (code) fs.writeFileSync(`${dir}/last-error`, output)
			resolve(code === 0 ? 'ok' : output.match(/error code (\w+)/)?.[1] ?? 'failed')
		})
	})
}

// ---- the steps ----

function requestOf(step, root) {
	const wanted = Object.keys({ ...root.dependencies, ...root.devDependencies, ...root.optionalDependencies })
	switch (step.kind) {
	case 'remove': return wanted.length ? { rm: [wanted[Math.floor(step.chance * wanted.length)]] } : {}
	case 'add': return { add: [step.name] }
	case 'update': return { update: true, save: false }
	default: return {}
	}
}

// What is done by hand before the step: nothing, or something is taken away.
function prepare(step, place) {
	if (step.kind === 'fresh') fs.rmSync(`${place}/node_modules`, { recursive: true, force: true })
	/* without a lockfile npm takes the store away from under a linked tree */
	if (step.kind === 'nolock' && args.strategy !== 'linked') fs.rmSync(`${place}/package-lock.json`, { force: true })
	if (step.kind !== 'break' || !fs.existsSync(`${place}/node_modules`)) return
	const entries = fs.readdirSync(`${place}/node_modules`).filter(name => !name.startsWith('.')).sort()
	if (entries.length) fs.rmSync(`${place}/node_modules/${entries[Math.floor(step.chance * entries.length)]}`, { recursive: true })
}

function optionsOf(step, place, seed, given) {
	const workspaces = Object.entries(given.folders).filter(([folder]) => folder.startsWith('packages/')).map(([, own]) => own.name)
	const types = ['dev', 'optional', 'peer']
	return {
		path: place, registry: `http://localhost:${server.address().port}/${seed}/`, cache: `${dir}/npm-cache`,
		installStrategy: step.kind === 'hoisted' ? 'hoisted' : args.strategy ?? 'linked',
		omit: step.kind === 'omit' ? [types[Math.floor(step.chance * 3)]] : [],
		workspaces: step.kind === 'workspace' && workspaces.length ? [workspaces[Math.floor(step.chance * workspaces.length)]] : [],
	}
}

function setUp(place, given) {
	fs.mkdirSync(place, { recursive: true })
	fs.writeFileSync(`${place}/package.json`, `${JSON.stringify(given.root, null, 2)}\n`)
	for (const [folder, own] of Object.entries(given.folders)) {
		fs.mkdirSync(`${place}/${folder}`, { recursive: true })
		fs.writeFileSync(`${place}/${folder}/package.json`, `${JSON.stringify(own, null, 2)}\n`)
		if (own.bin) fs.writeFileSync(`${place}/${folder}/cli.js`, '#!/usr/bin/env node\n')
	}
}

function listing(place, below = '') {
	const out = below ? [`${below}/`] : []
	for (const item of fs.readdirSync(`${place}/${below}`, { withFileTypes: true })) {
		const name = below ? `${below}/${item.name}` : item.name
		if (item.isDirectory()) out.push(...listing(place, name))
		else if (item.isSymbolicLink()) out.push(`${name} -> ${fs.readlinkSync(`${place}/${name}`)}`)
		else out.push(`${name} ${(fs.statSync(`${place}/${name}`).mode & 0o111) ? 'x' : '-'} ${fs.readFileSync(`${place}/${name}`, 'utf8')}`)
	}
	return out.sort()
}

async function play(seed, given, who, steps) {
	const place = `${dir}/${seed}/project`
	const results = []
	setUp(place, given)
	for (const step of steps) {
		const root = JSON.parse(fs.readFileSync(`${place}/package.json`))
		prepare(step, place)
		const result = await who(optionsOf(step, place, seed, given), requestOf(step, root))
		results.push({ result, files: result === 'ok' ? listing(place) : [] })
		if (result !== 'ok') break
	}
	if (fs.existsSync(place)) fs.renameSync(place, `${dir}/${seed}/${who.name}`)	/* npm was seen to take all away */
	return results
}

// Where two files of one name part, else what only one of the two has.
function tell(extra, missing) {
	const show = (sign, line) => console.log(`  ${sign} ${line.slice(0, 180)}`)
	const file = line => line.split(' ')[0]
	for (const mine of extra.slice(0, 3)) {
		const [a, b] = [mine, missing.find(its => file(its) === file(mine)) ?? ''].map(lines => lines.split('\n'))
		const at = a.findIndex((line, i) => line !== b[i])
		show('+', `${file(mine)}:${at}: ${a[at]}`)
		if (b.length > 1) show('-', `${file(mine)}:${at}: ${b[at]}`)
	}
	for (const its of missing.filter(line => !extra.some(mine => file(mine) === file(line))).slice(0, 3)) show('-', its.split('\n')[0])
}

async function check(number) {
	const seed = `s${number}`
	const given = project(number)
	const steps = [{ kind: 'first' }, ...given.steps].slice(0, Number(args.steps ?? 9))
	projects.set(seed, given)
	const theirs = await play(seed, given, npm, steps)
	const ours = await play(seed, given, lode, steps)
	for (const [i, mine] of ours.entries()) {
		const its = theirs[i]
		if (['hang', 'crash', undefined].includes(its?.result)) return 'skipped'
		const extra = mine.files.filter(line => !its.files.includes(line)), missing = its.files.filter(line => !mine.files.includes(line))
		if (its.result === mine.result && !extra.length && !missing.length) continue
		console.log(`seed ${number} step ${i} ${steps.slice(0, i + 1).map(step => step.kind).join(' ')}: npm ${its.result}, lode ${mine.result}`)
		tell(extra, missing)
		return 'different'
	}
	fs.rmSync(`${dir}/${seed}`, { recursive: true })
	return 'same'
}

await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
const count = { same: 0, different: 0, skipped: 0 }
for (let seed = Number(args.from ?? 1); seed <= Number(args.to ?? 50); seed++) count[await check(seed)]++
console.log(`same ${count.same}, different ${count.different}, not compared ${count.skipped}; folders in ${dir}`)
process.exit(count.different ? 1 : 0)
