// Trees that live: random projects are installed, edited, damaged and healed, by npm and by lode, step by step; after each command
// everything on disk is compared: names, types, link targets, text, and how the command ended. Opt-in; needs npm 12:
//
//	node tests/differential/trees.mjs --npm DIR/node_modules/npm --lode build/debug/lode --from 1 --to 50 [--keep DIR] [--until STEP]
//
// A sequence stops at its first difference; its folders are kept. --until N stops before step N, to look at what it starts from.
import { fork, spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { scenario } from './project.mjs'
import { serve } from './tarballs.mjs'

const text = { type: 'string' }
const { values: args } = parseArgs({ options: { npm: text, lode: text, from: text, to: text, keep: text, until: text, verbose: { type: 'boolean' } } })
const dir = fs.realpathSync(args.keep ? (fs.mkdirSync(args.keep, { recursive: true }), args.keep) : fs.mkdtempSync(path.join(os.tmpdir(), 'trees-')))
const graphs = new Map()
const server = await serve(graphs)
const SETTLE = 30	// ms: hidden lockfiles of this age are older than what is changed next

fs.writeFileSync(`${dir}/npmrc`, 'audit=false\nfund=false\nupdate-notifier=false\nprogress=false\nfetch-retries=0\nlogs-max=0\nprefer-online=true\n')
const environment = { PATH: process.env.PATH, HOME: dir, npm_config_userconfig: `${dir}/npmrc`, npm_config_globalconfig: `${dir}/none`, CI: '1' }

let worker = null
function npm(argv, cwd) {
	worker ??= fork(new URL('./npm-cli.mjs', import.meta.url), [path.resolve(args.npm)], { env: environment, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
	return new Promise(resolve => {
		const timer = setTimeout(() => end({ code: 'hang' }), 30000)
		const end = result => {
			clearTimeout(timer)
			worker.removeAllListeners()
			if (['hang', 'crash'].includes(result.code)) {
				worker.kill('SIGKILL')
				worker = null
			}
			resolve(result)
		}
		worker.once('message', end)
		worker.once('exit', () => end({ code: 'crash' }))
		worker.send({ args: argv, cwd })
	})
}

function lode(argv, cwd) {
	return new Promise(resolve => {
		const child = spawn(path.resolve(args.lode), argv, { cwd, env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
		const result = { stdout: '', stderr: '' }
		const timer = setTimeout(() => child.kill('SIGKILL'), 30000)
		for (const name of ['stdout', 'stderr']) child[name].on('data', data => { result[name] += data })
		child.on('close', code => {
			clearTimeout(timer)
			resolve({ ...result, code: code === 0 ? 'ok' : result.stderr.match(/error code (\w+)/)?.[1] ?? (code === null ? 'killed' : 'failed') })
		})
	})
}

function snapshot(base) {
	const found = {}
	const walk = rel => {
		for (const name of fs.readdirSync(path.join(base, rel)).sort()) {
			const at = path.join(rel, name), full = path.join(base, at), stat = fs.lstatSync(full)
			if (stat.isSymbolicLink()) found[at] = `-> ${fs.readlinkSync(full).replaceAll(base, 'BASE')}`
			else if (stat.isDirectory()) {
				found[at] = 'folder'
				walk(at)
			} else found[at] = `${fs.readFileSync(full, 'utf8').replaceAll(base, 'BASE')}`
		}
	}
	walk('')
	return found
}

function differences(a, b) {
	return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter(key => a[key] !== b[key]).sort()
}

const short = value => value === undefined ? 'nothing' : value.length > 60 ? `${value.slice(0, 40).replaceAll('\n', ' ')}…` : value

async function runBoth(places, { args: argv, cwd }, registry) {
	const full = who => [...argv, `--registry=${registry}`, `--cache=${dir}/cache-${who}`]
	const [theirs, ours] = await Promise.all([npm(full('npm'), path.join(places.npm, 'p', cwd)), lode(full('lode'), path.join(places.lode, 'p', cwd))])
	await new Promise(resolve => setTimeout(resolve, SETTLE))
	return { theirs, ours }
}

// npm writes a hidden lockfile with --package-lock-only, of what is not there, and then finds everything up to date; lode does not.
function forgetFalseLockfiles(places, argv) {
	if (!argv.includes('--package-lock-only')) return
	for (const place of Object.values(places)) fs.rmSync(`${place}/p/node_modules/.package-lock.json`, { force: true, recursive: true })
}

function compare(places, argv, { theirs, ours }) {
	forgetFalseLockfiles(places, argv)
	if (theirs.code !== ours.code) return [`npm ${theirs.code}, lode ${ours.code}`]
	const a = snapshot(places.npm), b = snapshot(places.lode)
	const wrong = differences(a, b).map(key => `${key}: npm ${short(a[key])}, lode ${short(b[key])}`)
	const said = ['npm', 'lode'].map((who, i) => [theirs, ours][i].stdout.replaceAll(places[who], 'BASE'))
	if (argv[0] === 'ls' && said[0] !== said[1]) wrong.push('what it printed')
	return wrong
}

async function check(seed) {
	const places = Object.fromEntries(['npm', 'lode'].map(who => [who, `${dir}/s${seed}/${who}`]))
	const { world, steps } = scenario(seed), log = []
	graphs.set(`s${seed}`, world.graph)
	fs.rmSync(`${dir}/s${seed}`, { recursive: true, force: true })
	for (const place of Object.values(places)) world.make(place)
	for (const [i, step] of steps.entries()) {
		const before = places.npm
		if (args.until && i >= Number(args.until)) {
			log.push(`next: ${step.command ? JSON.stringify(step.command(`${before}/p`)) : step.text}`)
			console.log(log.join('\n'))
			return 'same'
		}
		if (step.change) {
			for (const place of Object.values(places)) log[i] = `${step.text} ${step.change(`${place}/p`) ?? ''}`
			continue
		}
		const command = step.command(`${before}/p`)
		if (!fs.existsSync(`${before}/p/${command.cwd}`)) command.cwd = '.'
		log[i] = `${command.cwd}$ ${command.args.join(' ')}`
		const result = await runBoth(places, command, `${server.url}/s${seed}/`)
		// Where npm falls over something, lode need not.
		if (/^(hang|crash|failed|EN.+DIR|ENOENT|EEXIST|EISDIR|ECONNRESET)$/.test(result.theirs.code) && result.theirs.code !== result.ours.code) return log.push(result.theirs.code), 'skipped'
		commands++
		// What fails in both is undone by lode only, and so is the end.
		if (result.theirs.code === result.ours.code && result.ours.code !== 'ok' && command.args[0] !== 'ls') break
		// A damaged lockfile is refused by lode only.
		if (result.ours.code === 'EJSONPARSE' && result.ours.stderr.includes('package-lock.json')) return log.push('refused'), 'skipped'
		const wrong = compare(places, command.args, result)
		if (wrong.length) {
			console.log(`seed ${seed}, step ${i}:\n  ${log.join('\n  ')}\n    ${wrong.slice(0, 12).join('\n    ')}`)
			if (args.verbose) console.log('npm:', result.theirs.stdout, result.theirs.stderr, '\nlode:', result.ours.stdout, result.ours.stderr)
			return 'different'
		}
	}
	if (!args.keep) fs.rmSync(`${dir}/s${seed}`, { recursive: true })
	return 'same'
}

let commands = 0
const count = { same: 0, different: 0, skipped: 0 }
for (let seed = Number(args.from ?? 1); seed <= Number(args.to ?? 20); seed++) count[await check(seed)]++
console.log(`same ${count.same}, different ${count.different}, not compared ${count.skipped}; ${commands} commands; folders in ${dir}`)
worker?.kill()
server.close()
process.exit(count.different ? 1 : 0)
