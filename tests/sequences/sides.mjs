// One project, twice: the same steps through npm and through lode, and what there is to compare afterwards.
import { fork, spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { LOCK_DAMAGE, editManifest } from './steps.mjs'

// allow-remote: npm 12.2 cannot look into a bundle for a lockfile without it.
const QUIET = ['--allow-remote=all', '--no-audit', '--no-fund', '--prefer-online', '--fetch-retries=0', '--no-update-notifier',
	'--userconfig=/dev/null']
const LOCAL = {
	'local/one/package.json': '{"name":"one","version":"1.0.0"}\n',
	'local/two/package.json': '{"name":"two","version":"2.0.0","dependencies":{"one":"file:../one"}}\n',
}

// What either has of the environment these tests are started in: what else is there (CI, NODE_ENV) would change what it does.
const KEPT = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TERM', 'TMPDIR', 'ASAN_OPTIONS', 'LSAN_OPTIONS', 'UBSAN_OPTIONS', 'TSAN_OPTIONS']

function environment() {
	return Object.fromEntries(KEPT.filter(name => name in process.env).map(name => [name, process.env[name]]))
}

class Side {
	constructor(scratch, name) {
		this.cache = `${scratch}/${name}-cache`
		this.name = name
		this.scratch = scratch
	}

	start(world, root) {
		this.place = `${this.scratch}/${world}/${this.name}/root`
		fs.rmSync(this.place, { recursive: true, force: true })
		for (const [file, text] of Object.entries({ ...LOCAL, 'package.json': `${JSON.stringify(root, null, 2)}\n` })) {
			fs.mkdirSync(path.dirname(`${this.place}/${file}`), { recursive: true })
			fs.writeFileSync(`${this.place}/${file}`, text)
		}
	}

	async step(step, registry) {
		if (step.run) return this.run([...step.run, `--registry=${registry}`, `--cache=${this.cache}`, ...QUIET])
		if (step.lock) this.#lock(step)
		else if (step.disk) this.#disk(step)
		else this.#change('package.json', manifest => editManifest(manifest, step))
		return { result: 'ok', text: '' }
	}

	#change(file, change) {
		const whole = `${this.place}/${file}`
		if (!fs.existsSync(whole)) return
		const data = JSON.parse(fs.readFileSync(whole))
		change(data)
		fs.writeFileSync(whole, `${JSON.stringify(data, null, 2)}\n`)
	}

	#lock({ lock, at }) {
		if (lock === 'gone') fs.rmSync(`${this.place}/package-lock.json`, { force: true })
		else this.#change('package-lock.json', data => LOCK_DAMAGE[lock](data, at))
	}

	#disk({ disk, at }) {
		const modules = `${this.place}/node_modules`
		if (!fs.existsSync(modules)) return
		const packages = walk(modules).filter(([, what]) => what === 'package').map(([name]) => name)
		const one = packages[Math.floor(at * packages.length)]
		if (disk === 'gone') fs.rmSync(modules, { recursive: true })
		if (disk === 'hidden') fs.rmSync(`${modules}/.package-lock.json`, { force: true })
		if (disk === 'stale') fs.utimesSync(modules, Date.now() / 1000 + 60, Date.now() / 1000 + 60)
		if (disk === 'drop' && one) fs.rmSync(`${modules}/${one}`, { recursive: true })
		if (disk === 'alien') {
			fs.mkdirSync(`${modules}/alien`, { recursive: true })
			fs.writeFileSync(`${modules}/alien/package.json`, '{"name":"alien","version":"3.0.0","dependencies":{"a0":"*"}}')
		}
		if (disk === 'version' && one) this.#version(`${modules}/${one}/package.json`)
	}

	// Written anew, not over what may be linked to a cache.
	#version(file) {
		const manifest = { ...JSON.parse(fs.readFileSync(file)), version: '0.0.1' }
		fs.rmSync(file)
		fs.writeFileSync(file, JSON.stringify(manifest))
		fs.rmSync(`${this.place}/node_modules/.package-lock.json`, { force: true })
	}

	// What it said last, beside the project.
	keep(text) {
		fs.writeFileSync(`${path.dirname(this.place)}/said`, text)
	}

	state() {
		const read = file => fs.existsSync(`${this.place}/${file}`) ? fs.readFileSync(`${this.place}/${file}`, 'utf8') : null
		return {
			'package.json': read('package.json'),
			'package-lock.json': read('package-lock.json'),
			'hidden lockfile': read('node_modules/.package-lock.json'),
			node_modules: walk(`${this.place}/node_modules`).map(([name, , text]) => `${name}${text}`).join('\n'),
		}
	}
}

// [path, kind, text for a listing] of everything in a node_modules but empty folders
function walk(dir, below = '') {
	if (!fs.existsSync(dir)) return []
	const out = []
	for (const entry of fs.readdirSync(dir, { withFileTypes: true }).sort((a, b) => a.name < b.name ? -1 : 1)) {
		const [whole, name] = [`${dir}/${entry.name}`, `${below}${entry.name}`]
		if (entry.isSymbolicLink()) out.push([name, 'link', ` -> ${fs.readlinkSync(whole)}`])
		else if (!entry.isDirectory()) out.push([name, 'file', entry.name === 'package.json' ? ` ${versionIn(whole)}` : ''])
		else {
			const isPackage = fs.existsSync(`${whole}/package.json`)
			if (isPackage) out.push([name, 'package', '/'])
			out.push(...walk(whole, `${name}/`))
		}
	}
	return out
}

// npm may still be writing after it failed.
function versionIn(file) {
	try {
		return JSON.parse(fs.readFileSync(file)).version
	} catch {
		return 'damaged'
	}
}

export class Npm extends Side {
	#child = null

	constructor(scratch, root, seconds = 25) {
		super(scratch, 'npm')
		this.seconds = seconds
		this.root = path.resolve(root)
	}

	async run(argv) {
		if (!this.#child) {
				this.#child = fork(new URL('./npm.mjs', import.meta.url), [this.root], { env: environment(), stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
			await new Promise(resolve => this.#child.once('message', resolve))
		}
		return new Promise(resolve => {
			const over = answer => {
				clearTimeout(timer)
				this.#child?.removeAllListeners()
				resolve(answer)
			}
			const lost = () => {
				this.stop()
				over({ result: 'hang', text: '' })
			}
			const timer = setTimeout(lost, this.seconds * 1000)
			this.#child.once('message', over)
			this.#child.once('exit', lost)
			this.#child.send({ cwd: this.place, argv: [...argv, '--maxsockets=1', '--logs-max=0'] })
		})
	}

	stop() {
		this.#child?.removeAllListeners()
		this.#child?.kill('SIGKILL')
		this.#child = null
	}
}

export class Lode extends Side {
	constructor(scratch, program) {
		super(scratch, 'lode')
		this.program = path.resolve(program)
	}

	run(argv) {
		return new Promise(resolve => {
			const child = spawn(this.program, argv, { cwd: this.place, env: environment(), stdio: ['ignore', 'pipe', 'pipe'] })
			let text = ''
			const timer = setTimeout(() => child.kill('SIGKILL'), 25000)
			for (const stream of [child.stdout, child.stderr]) stream.on('data', data => { text += data })
			child.on('close', code => {
				clearTimeout(timer)
				resolve({ result: code === 0 ? 'ok' : text.match(/error code (\w+)/)?.[1] ?? 'failed', text })
			})
		})
	}
}
