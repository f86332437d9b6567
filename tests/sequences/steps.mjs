// A sequence of what people do to a project: commands, edits of package.json, damaged lockfiles and folders.
// A step is plain data, so that a scenario can be kept in a file and made smaller:
//
//	{ run: [word, …] }			npm's or lode's command line
//	{ set: [field, name, value] }		in package.json; without name the whole field, without value it goes
//	{ move: [field, name, other] }		a dependency from one field into another
//	{ lock: what, at }			done to package-lock.json (LOCK_DAMAGE); at, 0 to 1, tells which entry
//	{ disk: what, at }			done to node_modules (DISK_DAMAGE)
import { Random } from './random.mjs'

const FIELDS = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies']
const LOCK = ['drop', 'drop', 'version', 'fields', 'unresolved', 'one', 'two', 'bare', 'root', 'gone', 'flags', 'ancient']
const DISK = ['drop', 'drop', 'gone', 'hidden', 'stale', 'version', 'alien']
const MODES = ['--legacy-peer-deps', '--strict-peer-deps', '--force', '--prefer-dedupe', '--install-strategy=nested',
	'--install-strategy=shallow', '--before=2025-06-01', '--min-release-age=700', '--tag=beta', '--engine-strict',
	'--install-links', '--os=darwin', '--cpu=arm64', '--libc=musl', '--omit=dev', '--omit=optional', '--omit=peer',
	'--omit=dev --omit=optional', '--omit=dev --include=dev', '--lockfile-version=1', '--lockfile-version=2', '--no-bin-links', '--no-package-lock']
const SAVE = ['', '', '', '-D', '-O', '-P', '-E', '-B', '--save-peer', '--save-prefix=~', '--no-save', '-D -E']

export class Steps {
	constructor(graph, seed) {
		this.graph = graph
		this.random = new Random(Number(seed) + 500000)
		this.root = graph.root()
		const { random } = this
		this.flags = random.chance(0.5) ? ['--package-lock-only'] : []
		if (random.chance(0.4)) this.flags.push(...random.pick(MODES).split(' '))
		this.steps = [this.#run('install')]
		for (let i = 1 + random.below(4); i > 0; i--) this.#more()
		if (random.chance(0.3)) this.steps.push(this.#run('install'))
	}

	#run(verb, words = [], flags = []) {
		const { random } = this
		const once = random.chance(0.1) ? random.pick(MODES).split(' ') : []
		return { run: [verb, ...words, ...this.flags, ...flags, ...once] }
	}

	#more() {
		const { random } = this
		if (random.chance(0.45)) for (let i = 1 + random.below(2); i > 0; i--) this.steps.push(this.#edit())
		if (random.chance(0.2)) this.steps.push({ lock: random.pick(LOCK), at: random.next() })
		if (random.chance(0.2)) this.steps.push({ disk: random.pick(DISK), at: random.next() })
		this.steps.push(this.#command())
	}

	#command() {
		const { random } = this
		const names = () => Array.from({ length: 1 + random.below(2) }, () => this.#installed())
		const r = random.next()
		if (r < 0.35) return this.#run('install')
		if (r < 0.6) return this.#run('install', Array.from({ length: 1 + random.below(2) }, () => this.#spec()), random.pick(SAVE).split(' ').filter(Boolean))
		if (r < 0.7) return this.#run('update', [], random.chance(0.4) ? ['--save'] : [])
		if (r < 0.8) return this.#run('update', names(), random.chance(0.4) ? ['--save'] : [])
		if (r < 0.88) return this.#run('uninstall', names(), random.chance(0.15) ? ['--no-save'] : [])
		if (r < 0.96) return this.#run('dedupe')
		return this.#run(random.pick(['prune', 'ci']))
	}

	#installed() {
		const { random, root, graph } = this
		const direct = FIELDS.flatMap(field => Object.keys(root[field] ?? {}))
		return direct.length && random.chance(0.6) ? random.pick(direct) : random.pick(graph.names)
	}

	#spec() {
		const { random, graph } = this
		const name = random.chance(0.3) ? this.#installed() : random.pick(graph.names)
		const r = random.next()
		if (r < 0.35 || !graph.versions[name]) return name
		if (r < 0.6) return `${name}@${graph.range(name)}`
		if (r < 0.75) return `${name}@${random.pick(graph.versions[name])}`
		if (r < 0.82) return `${name}@${random.pick(['latest', 'beta'])}`
		if (r < 0.92) return `al${random.below(4)}@npm:${name}@${graph.range(name)}`
		if (r < 0.97) return random.pick(['./local/one', 'file:local/two'])
		return random.pick([`${name}@9.9.9`, 'nowhere', `${name}@nosuch`])
	}

	#edit() {
		const { random, root, graph } = this
		const have = FIELDS.flatMap(field => Object.keys(root[field] ?? {}).map(name => [field, name]))
		const r = random.next()
		if (have.length && r < 0.25) return { set: random.pick(have) }
		if (have.length && r < 0.5) {
			const [field, name] = random.pick(have)
			return { set: [field, name, graph.range(name)] }
		}
		if (have.length && r < 0.6) return { move: [...random.pick(have), random.pick(FIELDS)] }
		if (r < 0.8) {
			const name = random.pick(graph.names)
			return { set: [random.pick(FIELDS), name, graph.range(name)] }
		}
		if (r < 0.92) return { set: ['overrides', null, random.chance(0.3) ? undefined : graph.overrides(root)] }
		return { set: ['packageExtensions', null, random.chance(0.3) ? undefined : graph.extensions()] }
	}
}

export function editManifest(manifest, step) {
	if (step.move) {
		const [from, name, to] = step.move
		const spec = manifest[from]?.[name]
		if (spec === undefined) return
		delete manifest[from][name]
		;(manifest[to] ??= {})[name] = spec
		return
	}
	const [field, name, value] = step.set
	if (name == null) manifest[field] = value
	else if (value != null) (manifest[field] ??= {})[name] = value
	else delete manifest[field]?.[name]
}

const at = (list, where) => list[Math.floor(where * list.length)]

// Each changes the parsed lockfile; what is undefined then is not written.
export const LOCK_DAMAGE = {
	gone: () => undefined,
	drop: (lock, where) => eachEntry(lock, where, (all, key) => { delete all[key] }),
	version: (lock, where) => eachEntry(lock, where, (all, key) => { if (all[key].version) all[key].version = '0.0.1' }),
	fields: (lock, where) => eachEntry(lock, where, (all, key) => { all[key] = { version: all[key].version } }),
	unresolved: (lock, where) => eachEntry(lock, where, (all, key) => { delete all[key].resolved; delete all[key].integrity }),
	flags: (lock, where) => eachEntry(lock, where, (all, key) => { for (const flag of ['dev', 'optional', 'peer', 'devOptional']) delete all[key][flag] }),
	root: lock => { if (lock.packages) delete lock.packages[''] },
	one: lock => asVersion1(lock, entry => entry),
	two: lock => { if (lock.dependencies && lock.packages) delete lock.packages },
	bare: lock => asVersion1(lock, ({ resolved, integrity, ...rest }) => rest),
	ancient: lock => asVersion1(lock, ({ requires, ...rest }) => rest),
}

function eachEntry(lock, where, change) {
	if (lock.packages) {
		const key = at(Object.keys(lock.packages).filter(Boolean), where)
		if (key) change(lock.packages, key)
	}
	if (lock.dependencies) {
		const key = at(Object.keys(lock.dependencies), where)
		if (key) change(lock.dependencies, key)
	}
}

// What npm 5 or 6 would have written, more or less: from "packages", nested by place.
function asVersion1(lock, entryOf) {
	const packages = lock.packages ?? {}
	lock.lockfileVersion = 1
	lock.requires = true
	lock.dependencies = {}
	for (const [place, entry] of Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, 'en'))) {
		if (!place.startsWith('node_modules/') || entry.link) continue
		const path = place.slice('node_modules/'.length).split('/node_modules/')
		let into = lock
		for (const name of path.slice(0, -1)) into = into?.dependencies?.[name]
		if (!into) continue
		const { version, resolved, integrity, dev, optional, dependencies, optionalDependencies } = entry
		const requires = { ...dependencies, ...optionalDependencies }
		;(into.dependencies ??= {})[path.at(-1)] = entryOf({
			version, resolved, integrity, dev, optional, requires: Object.keys(requires).length ? requires : undefined,
		})
	}
	delete lock.packages
}
