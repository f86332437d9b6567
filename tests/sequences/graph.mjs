// A made-up registry and a package.json that wants some of it, the same for the same seed.
import { Random } from './random.mjs'

const LETTERS = ['a', 'b', 'c', 'd', 'e', 'f', 'zz', 'm-', 'm_', 'm']
const FIELDS = ['dependencies', 'dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies']
const DAY = 86400000
const FIRST_DAY = Date.UTC(2024, 0, 1)

export class Graph {
	constructor(seed) {
		this.random = new Random(seed)
		const { random } = this
		const count = random.pick([4, 5, 6, 8, 10, 14, 25, 45])
		this.names = Array.from({ length: count }, (_, i) => `${random.chance(0.15) ? '@s/' : ''}${random.pick(LETTERS)}${i}`)
		this.versions = Object.fromEntries(this.names.map(name => [name, this.#versions()]))
		this.peers = random.pick([0, 0.1, 0.2, 0.3, 0.5])
		this.odd = random.pick([0, 0, 0.1, 0.3])	// how often the rare things are there
		this.registry = Object.fromEntries(this.names.map(name => [name, this.#packument(name)]))
	}

	range(name) {
		const { random, odd } = this
		const version = random.pick(this.versions[name] ?? ['1.0.0'])
		const major = version.split('.')[0]
		const r = random.next()
		if (r < 0.4) return `^${version}`
		if (r < 0.5) return `~${version}`
		if (r < 0.6) return version
		if (r < 0.74) return '*'
		if (r < 0.84) return `>=${version}`
		if (r < 0.9) return `${major}.x`
		if (r < 0.93) return `1 || ${major}`
		if (r < 0.95) return ''
		if (r < 0.96) return random.chance(odd) ? `^9.${random.below(3)}.0` : '*'
		return random.pick(['latest', 'latest', 'beta'])
	}

	// What a package asks for by this name: mostly a range.
	spec(name) {
		const { random } = this
		if (random.chance(this.odd * 0.1)) return `npm:${random.pick(this.names)}@${this.range(name)}`
		return this.range(name)
	}

	name() {
		return this.random.chance(this.odd * 0.03) ? 'nowhere' : this.random.pick(this.names)
	}

	#versions() {
		const { random } = this
		const all = new Set()
		for (let i = 1 + random.below(5); i > 0; i--)
			all.add(`${1 + random.below(3)}.${random.below(3)}.${random.below(3)}${random.chance(0.06) ? `-beta.${random.below(3)}` : ''}`)
		return [...all]
	}

	#packument(name) {
		const { random } = this
		const tags = { latest: random.pick(this.versions[name]) }
		if (random.chance(0.3)) tags.beta = random.pick(this.versions[name])
		const versions = {}
		const time = { created: new Date(FIRST_DAY).toISOString(), modified: '2026-11-01T00:00:00.000Z' }
		for (const version of this.versions[name]) {
			versions[version] = this.#manifest(name)
			time[version] = new Date(FIRST_DAY + random.below(1000) * DAY).toISOString()
		}
		return { tags, versions, time }
	}

	#manifest(name) {
		const { random } = this
		const m = {}
		for (let i = random.below(4); i > 0; i--) this.#dependency(m, name)
		if (random.chance(this.odd * 0.2)) this.#bundle(m)
		this.#limits(m)
		if (random.chance(0.05)) m.engines = { node: random.chance(0.5) ? '>=99' : '>=10' }
		if (random.chance(0.04)) m.deprecated = 'old'
		if (random.chance(0.1)) m.bin = { [name.replace('@s/', '')]: 'x.js' }
		if (random.chance(this.odd * 0.1)) m.scripts = { install: 'true' }
		if (random.chance(this.odd)) m.license = 'MIT'
		return m
	}

	#dependency(m, name) {
		const { random } = this
		const dep = this.name()
		if (dep === name) return
		const r = random.next()
		if (r < this.peers) {
			(m.peerDependencies ??= {})[dep] = this.spec(dep)
			if (random.chance(0.25)) (m.peerDependenciesMeta ??= {})[dep] = { optional: true }
			if (random.chance(this.odd * 0.2)) (m.devDependencies ??= {})[dep] = this.range(dep)
			if (random.chance(this.odd * 0.2)) (m.dependencies ??= {})[dep] = this.range(dep)
		} else if (r < this.peers + 0.1) {
			(m.optionalDependencies ??= {})[dep] = this.spec(dep)
			if (random.chance(0.5)) (m.dependencies ??= {})[dep] = m.optionalDependencies[dep]
		} else if (random.chance(0.08)) {
			(m.dependencies ??= {})[`al${random.below(4)}`] = `npm:${dep}@${this.range(dep)}`
		} else {
			(m.dependencies ??= {})[dep] = this.spec(dep)
			if (random.chance(this.odd * 0.1)) m.acceptDependencies = { ...m.acceptDependencies, [dep]: this.range(dep) }
		}
		if (random.chance(this.odd * 0.05)) (m.peerDependenciesMeta ??= {})[this.name()] = { optional: true }
	}

	#bundle(m) {
		const { random } = this
		const deps = Object.keys(m.dependencies ?? {}).filter(dep => this.versions[dep])
		const inside = deps.filter(() => random.chance(0.6))
		if (!inside.length) return
		m.bundleDependencies = inside
		m.bundled = {}
		for (const dep of inside) {
			const version = random.pick(this.versions[dep])
			m.bundled[`node_modules/${dep}`] = { name: dep, version, ...(random.chance(0.3) ? { dependencies: { [this.name()]: '*' } } : {}) }
		}
		const more = random.pick(this.names)
		if (random.chance(0.2)) m.bundled[`node_modules/${more}`] ??= { name: more, version: random.pick(this.versions[more]) }
	}

	#limits(m) {
		const { random } = this
		const rate = 0.01 + this.odd * 0.1
		if (random.chance(rate)) m.os = random.pick([['win32'], ['linux'], ['!linux'], ['darwin', 'win32']])
		if (random.chance(rate)) m.cpu = random.pick([['x64'], ['arm64'], ['!x64']])
		if (random.chance(rate / 2)) m.libc = random.pick([['glibc'], ['musl']])
	}

	root() {
		const { random } = this
		const root = { name: 'root', version: '1.0.0' }
		for (let i = 1 + random.below(5); i > 0; i--) this.want(root)
		if (random.chance(0.4)) root.overrides = this.overrides(root)
		if (random.chance(this.odd * 0.5)) root.packageExtensions = this.extensions()
		if (random.chance(this.odd * 0.3)) this.#peerOptional(root)
		if (random.chance(this.odd * 0.2)) root.bundleDependencies = Object.keys(root.dependencies ?? {}).slice(0, 1)
		return root
	}

	want(root) {
		const { random } = this
		const dep = this.name()
		;(root[random.pick(FIELDS)] ??= {})[dep] = random.chance(this.odd * 0.1) ? random.pick(['file:local/one', 'file:local/two']) : this.spec(dep)
		if (random.chance(0.06)) (root[random.pick(FIELDS)] ??= {})[dep] = this.range(dep)
	}

	#peerOptional(root) {
		for (const dep of Object.keys(root.peerDependencies ?? {}))
			if (this.random.chance(0.5)) (root.peerDependenciesMeta ??= {})[dep] = { optional: true }
	}

	overrides(root) {
		const { random } = this
		const rules = {}
		const wanted = FIELDS.flatMap(field => Object.keys(root[field] ?? {}))
		for (let i = 1 + random.below(3); i > 0; i--) {
			const name = random.pick(this.names)
			const version = random.pick(this.versions[name])
			const direct = wanted.includes(name)
			const r = random.next()
			if (direct && !random.chance(this.odd * 0.3)) {
				if (random.chance(0.5)) rules[name] = `$${name}`
			} else if (r < 0.4) rules[name] = this.#replacement(name, wanted)
			else if (r < 0.6) rules[`${name}@^${version}`] = this.#replacement(name, wanted)
			else rules[random.chance(0.2) ? `${name}@${this.range(name)}` : name] = this.#nested(name, wanted, 1 + random.below(2))
		}
		return rules
	}

	#replacement(name, wanted) {
		const { random } = this
		if (random.chance(this.odd * 0.15) && wanted.length) return `$${random.pick(wanted)}`
		if (random.chance(this.odd * 0.15)) return `npm:${random.pick(this.names)}@*`
		if (random.chance(this.odd * 0.1)) return random.pick(['file:local/one', 'latest', 'beta', ''])
		return random.chance(0.7) ? random.pick(this.versions[name]) : this.range(name)
	}

	#nested(name, wanted, depth) {
		const { random } = this
		const rules = {}
		if (random.chance(0.3)) rules['.'] = this.#replacement(name, wanted)
		const inner = random.pick(this.names)
		rules[inner] = depth > 1 ? this.#nested(inner, wanted, depth - 1) : this.#replacement(inner, wanted)
		return rules
	}

	extensions() {
		const { random } = this
		const rules = {}
		for (let i = 1 + random.below(2); i > 0; i--) {
			const name = random.pick(this.names)
			const dep = random.pick(this.names)
			const field = random.pick(['dependencies', 'optionalDependencies', 'peerDependencies'])
			const rule = { [field]: { [dep]: this.range(dep) } }
			if (field === 'peerDependencies' && random.chance(0.5)) rule.peerDependenciesMeta = { [dep]: { optional: true } }
			rules[random.chance(0.4) ? `${name}@${random.pick(this.versions[name]).split('.')[0]}` : name] = rule
		}
		return rules
	}
}
