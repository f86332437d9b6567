// A made-up registry and a package.json that wants some of it, the same for the same seed.
export function graph(seed) {
	const random = generator(seed)
	const below = n => Math.floor(random() * n)
	const pick = list => list[below(list.length)]
	const names = [...Array(4 + below(seed % 2 ? 40 : 10)).keys()].map(i => `${random() < 0.15 ? '@s/' : ''}${pick(LETTERS)}${i}`)
	const versions = Object.fromEntries(names.map(name => [name, versionsOf(random, below)]))
	const range = name => rangeOf(pick(versions[name]), random())
	const peers = pick([0, 0.1, 0.2, 0.3, 0.5])
	const registry = {}

	for (const name of names) {
		const manifests = {}
		for (const version of versions[name])
			manifests[version] = manifest({ random, below, pick, names, range, peers, name })
		registry[name] = { latest: pick(versions[name]), versions: manifests }
	}
	return { registry, root: rootOf({ random, below, pick, names, range, versions }) }
}

// The same with workspaces, folders and bundles, and what is done to it after the first install.
export function project(seed) {
	const random = generator(Number(seed) + 77777)
	const below = n => Math.floor(random() * n)
	const pick = list => list[below(list.length)]
	const { registry, root } = graph(seed)
	const names = Object.keys(registry)
	const range = name => rangeOf(pick(Object.keys(registry[name].versions)), random())
	const folders = {}

	for (let i = random() < 0.5 ? 1 + below(3) : 0; i > 0; i--) {
		const name = `${random() < 0.2 ? '@s/' : ''}w${i}`
		const own = { name, version: '1.0.0' }
		for (let k = below(4); k > 0; k--) {
			const dep = pick(names)
			;(own[pick(['dependencies', 'dependencies', 'devDependencies', 'peerDependencies'])] ??= {})[dep] = range(dep)
		}
		if (i > 1 && random() < 0.5) (own.dependencies ??= {}).w1 = '*'
		if (random() < 0.3) own.bin = { [`run-${i}`]: 'cli.js' }
		folders[`packages/${random() < 0.8 ? `w${i}` : `other${i}`}`] = own
		if (random() < 0.4) (root[pick(['dependencies', 'devDependencies'])] ??= {})[name] = '*'
	}
	if (Object.keys(folders).length) root.workspaces = ['packages/*']
	if (random() < 0.25) {
		const dep = pick(names)
		folders['lib/local'] = { name: 'local', version: '1.0.0', dependencies: { [dep]: range(dep) } }
		;(root.dependencies ??= {}).local = 'file:lib/local'
	}
	const bundled = pick(Object.keys(root.dependencies ?? {}).filter(name => registry[name]))
	if (random() < 0.15 && bundled) root.bundleDependencies = [bundled]
	const kinds = ['again', 'remove', 'add', 'update', 'hoisted', 'fresh', 'nolock', 'break', 'omit', 'workspace']
	const steps = [...Array(1 + below(3))].map(() => ({ kind: pick(kinds), name: pick(names), chance: random() }))
	return { registry, root, folders, steps }
}

const LETTERS = ['a', 'b', 'c', 'd', 'e', 'f', 'zz', 'm-', 'm_', 'm']

export function generator(seed) {
	let s = (Number(seed) * 2654435761) >>> 0 || 1
	return () => {
		s ^= s << 13
		s >>>= 0
		s ^= s >>> 17
		s ^= s << 5
		s >>>= 0
		return s / 4294967296
	}
}

function versionsOf(random, below) {
	const all = new Set()
	for (let i = 1 + below(5); i > 0; i--)
		all.add(`${1 + below(3)}.${below(3)}.${below(3)}${random() < 0.06 ? `-beta.${below(3)}` : ''}`)
	return [...all]
}

function rangeOf(version, r) {
	const major = version.split('.')[0]
	if (r < 0.4) return `^${version}`
	if (r < 0.5) return `~${version}`
	if (r < 0.6) return version
	if (r < 0.75) return '*'
	if (r < 0.85) return `>=${version}`
	if (r < 0.92) return `${major}.x`
	return r < 0.95 ? `1 || ${major}` : 'latest'
}

function manifest({ random, below, pick, names, range, peers, name }) {
	const m = {}
	for (let i = below(4); i > 0; i--) {
		const dep = pick(names)
		const r = random()
		if (dep === name) continue
		if (r < peers) {
			(m.peerDependencies ??= {})[dep] = range(dep)
			if (random() < 0.25) (m.peerDependenciesMeta ??= {})[dep] = { optional: true }
		} else if (r < peers + 0.1) (m.optionalDependencies ??= {})[dep] = range(dep)
		else if (random() < 0.08) (m.dependencies ??= {})[`al${below(4)}`] = `npm:${dep}@${range(dep)}`
		else (m.dependencies ??= {})[dep] = range(dep)
	}
	if (random() < 0.01) m.os = ['win32']
	if (random() < 0.05) m.engines = { node: random() < 0.5 ? '>=99' : '>=10' }
	if (random() < 0.04) m.deprecated = 'old'
	if (random() < 0.1) m.bin = { [name.replace('@s/', '')]: 'x.js' }
	return m
}

function rootOf({ random, below, pick, names, range, versions }) {
	const root = { name: 'root', version: '1.0.0' }
	const fields = ['dependencies', 'dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies']
	for (let i = 1 + below(5); i > 0; i--) {
		const dep = pick(names)
		;(root[pick(fields)] ??= {})[dep] = range(dep)
	}
	if (random() < 0.4) root.overrides = overrides({ root, random, below, pick, names, versions, fields })
	return root
}

function overrides({ root, random, below, pick, names, versions, fields }) {
	const rules = {}
	for (let i = 1 + below(3); i > 0; i--) {
		const name = pick(names)
		const r = random()
		if (fields.some(field => root[field]?.[name])) continue
		if (r < 0.5) rules[name] = pick(versions[name])
		else if (r < 0.7) rules[`${name}@^${pick(versions[name])}`] = pick(versions[name])
		else {
			const below = pick(names)
			rules[name] = { [below]: pick(versions[below]) }
		}
	}
	return rules
}
