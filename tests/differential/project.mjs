// Made-up projects with workspaces, folders and links, and what happens to them: edits, damage, commands. The same for the same seed
// and the same tree: a step is a function of the folder it works on and of its own random numbers.
import fs from 'node:fs'
import path from 'node:path'
import { generator, graph } from './graph.mjs'
import { tarball } from './tarballs.mjs'

export function chance(seed) {
	const random = generator(seed)
	for (let i = 0; i < 5; i++) random()
	const below = n => Math.floor(random() * n)
	return { random, below, pick: list => list[below(list.length)], odds: p => random() < p }
}

const FIELDS = ['dependencies', 'dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies']
const FOLDERS = ['packages/a', 'packages/b', 'packages/c', 'packages/deep/d', 'packages/@s/e', 'apps/f', 'apps/a']
const PATTERNS = [['packages/*'], ['packages/**'], ['packages/*', 'apps/*'], ['./packages/*', 'packages/@s/*'],
	['packages/*', 'packages/deep/*', '!packages/c'], ['packages/a', 'packages/b'], ['packages/*/', 'apps/f'],
	['**', '!apps/**'], ['packages/{a,b}', 'apps/?']]

export const readJson = file => {
	try {
		return JSON.parse(fs.readFileSync(file, 'utf8'))
	} catch {
		return null
	}
}
export function writeJson(file, value, indent = 2) {
	fs.mkdirSync(path.dirname(file), { recursive: true })
	fs.writeFileSync(file, `${JSON.stringify(value, null, indent)}\n`)
}

// What the project and its workspaces may ask for.
class World {
	constructor(seed) {
		this.seed = seed
		this.graph = graph(seed * 2)
		const c = this.c = chance(seed * 7 + 3)
		const names = Object.keys(this.graph.registry)
		for (const name of names) {
			for (const m of Object.values(this.graph.registry[name].versions))
				if (c.odds(0.03)) m.scripts = { install: 'exit 0' }
		}
		this.names = names
		this.workspaces = FOLDERS.filter(() => c.odds(0.5)).map((folder, i) => ({ folder, name: this.wsName(folder, i) }))
		if (c.odds(0.25)) this.workspaces = []
		// A registry has packages of the workspaces' names too.
		for (const ws of this.workspaces) if (c.odds(0.5)) this.graph.registry[ws.name] ??= { latest: '3.0.0', versions: { '3.0.0': {} } }
		this.patterns = c.pick(PATTERNS)
		this.indent = c.pick([2, 2, 4, '\t'])
		this.global = chance(seed * 17 + 7).odds(0.12)
	}

	wsName(folder) {
		const base = path.basename(folder)
		return this.c.odds(0.2) ? `@w/${base}` : this.c.odds(0.1) ? this.c.pick(this.names) : `ws-${base}`
	}

	// A name and what is asked of it.
	wish(c, from) {
		const r = c.random(), ws = this.workspaces.length ? c.pick(this.workspaces) : null
		if (r < 0.15 && ws && ws.folder !== from) return [ws.name, c.pick(['*', '^1.0.0', '1.x', '^2.0.0', '^3.0.0', `file:${path.relative(from, ws.folder)}`])]
		if (r < 0.21) return ['lib-x', `file:${path.relative(from, 'libs/x')}`]
		if (r < 0.25) return ['lib-y', `file:${path.relative(from, '../out/y')}`]
		if (r < 0.28) return ['tar-z', `file:${path.relative(from, 'vendor/z-1.0.0.tgz')}`]
		const name = c.pick(this.names), versions = Object.keys(this.graph.registry[name].versions)
		const v = c.pick(versions)
		return [name, c.pick([`^${v}`, `^${v}`, `~${v}`, v, '*', `>=${v}`])]
	}

	manifest(c, name, folder, most) {
		const m = { name, version: c.pick(['1.0.0', '1.0.0', '1.2.0', '2.0.0']) }
		for (let i = c.below(most + 1); i > 0; i--) {
			const [dep, spec] = this.wish(c, folder)
			const field = c.pick(FIELDS)
			if (dep !== name) (m[field] ??= {})[dep] = spec
		}
		if (c.odds(0.2)) m.bin = { [`bin-${path.basename(folder)}`]: 'cli.js' }
		return m
	}

	make(base) {
		const c = chance(this.seed * 13 + 5), project = `${base}/p`
		const root = this.manifest(c, 'root', '', 4)
		if (c.odds(0.1)) delete root.name
		delete root.bin
		if (this.workspaces.length) root.workspaces = c.odds(0.1) ? { packages: this.patterns } : this.patterns
		writeJson(`${project}/package.json`, root, this.indent)
		for (const { folder, name } of this.workspaces) {
			const m = this.manifest(c, name, folder, 3)
			if (c.odds(0.08)) delete m.name
			if (c.odds(0.08)) delete m.version
			writeJson(`${project}/${folder}/package.json`, m)
			if (c.odds(0.7)) fs.writeFileSync(`${project}/${folder}/cli.js`, '#!/usr/bin/env node\n')
		}
		for (const [name, folder] of [['lib-x', 'libs/x'], ['lib-y', '../out/y']]) {
			writeJson(`${project}/${folder}/package.json`, this.manifest(c, name, folder, 2))
			fs.writeFileSync(`${project}/${folder}/cli.js`, '#!/usr/bin/env node\n')
		}
		const z = this.manifest(c, 'tar-z', 'vendor', 0)
		for (let i = c.below(3); i > 0; i--) (z.dependencies ??= {})[c.pick(this.names)] = '*'
		fs.mkdirSync(`${project}/vendor`, { recursive: true })
		fs.writeFileSync(`${project}/vendor/z-1.0.0.tgz`, tarball({ 'package.json': JSON.stringify({ ...z, version: '1.0.0' }), 'cli.js': '' }))
		const rc = []
		if (c.odds(0.1)) rc.push('install-links=true')
		if (c.odds(0.1)) rc.push('legacy-peer-deps=true')
		if (c.odds(0.05)) rc.push('prefer-dedupe=true')
		if (c.odds(0.05)) rc.push('install-strategy=nested')
		if (c.odds(0.05)) rc.push('omit=dev')
		if (c.odds(0.05)) rc.push('save-exact=true')
		if (rc.length) fs.writeFileSync(`${project}/.npmrc`, `${rc.join('\n')}\n`)
	}
}

// ---- commands ----

function workspaceFlags(world, c) {
	const r = c.random()
	if (!world.workspaces.length || r < 0.4) return r < 0.02 ? ['--workspaces=false'] : []
	if (r < 0.65) {
		const ws = c.pick(world.workspaces)
		return ['-w', c.pick([ws.name, ws.folder, `./${ws.folder}`]), ...(c.odds(0.2) ? ['-w', c.pick(world.workspaces).name] : [])]
	}
	if (r < 0.75) return ['--workspaces']
	if (r < 0.9) return ['--workspaces=false']
	return [c.pick(['--workspaces', `-w=${c.pick(world.workspaces).name}`]), '--include-workspace-root']
}

function commonFlags(c) {
	const flags = []
	if (c.odds(0.15)) flags.push(`--omit=${c.pick(['dev', 'optional', 'peer'])}`)
	if (c.odds(0.05)) flags.push(`--include=${c.pick(['dev', 'optional', 'peer'])}`)
	if (c.odds(0.05)) flags.push('--no-package-lock')
	if (c.odds(0.06)) flags.push('--package-lock-only')
	if (c.odds(0.04)) flags.push('--dry-run')
	if (c.odds(0.05)) flags.push('--install-links')
	if (c.odds(0.04)) flags.push('--ignore-scripts')
	if (c.odds(0.04)) flags.push('--force')
	if (c.odds(0.04)) flags.push('--legacy-peer-deps')
	if (c.odds(0.03)) flags.push('--no-bin-links')
	if (c.odds(0.03)) flags.push('--prefer-dedupe')
	return flags
}

const saveFlags = c => c.odds(0.5) ? [] : [c.pick(['-D', '-O', '-P', '--save-peer', '-E', '--no-save', '-B', '--save'])]

function addSpec(world, c) {
	const r = c.random()
	if (r < 0.06) return 'libs/x'
	if (r < 0.1) return 'file:../out/y'
	if (r < 0.14) return './vendor/z-1.0.0.tgz'
	if (r < 0.2 && world.workspaces.length) return c.pick(world.workspaces)[c.pick(['name', 'folder'])]
	const name = c.pick(world.names), v = c.pick(Object.keys(world.graph.registry[name].versions))
	if (r < 0.25) return `my-alias@npm:${name}@${v}`
	return c.pick([name, name, `${name}@${v}`, `${name}@^${v}`, `${name}@*`])
}

const installed = root => {
	const lock = readJson(`${root}/package-lock.json`)?.packages ?? {}
	return Object.keys(lock).map(key => key.split('node_modules/').at(-1)).filter(Boolean)
}

function globalCommand(world, c) {
	const r = c.random(), spec = addSpec(world, c), force = c.odds(0.1) ? ['--force'] : []
	const where = ['-g', '--prefix=../prefix']
	if (r < 0.5) return { args: ['install', spec, ...(c.odds(0.2) ? [addSpec(world, c)] : []), ...where, ...force], cwd: '.' }
	if (r < 0.65) return { args: ['uninstall', c.pick([spec.split('@')[0], c.pick(world.names), 'lib-x']), ...where], cwd: '.' }
	if (r < 0.8) return { args: ['update', ...(c.odds(0.5) ? [c.pick(world.names)] : []), ...where, ...force], cwd: '.' }
	return { args: ['ls', '--all', ...where, ...(c.odds(0.4) ? ['--json'] : [])], cwd: '.' }
}

// A command line, and the folder to run it in.
function command(world, c, root) {
	if (world.global) return globalCommand(world, c)
	const r = c.random(), names = [...new Set([...installed(root), ...world.names])]
	const ws = workspaceFlags(world, c), common = commonFlags(c)
	const cwd = c.odds(0.07) ? c.pick(['libs', 'libs/x', ...world.workspaces.map(w => w.folder), 'vendor']) : '.'
	if (r < 0.38) return { args: ['install', ...ws, ...common], cwd }
	if (r < 0.54) return { args: ['install', addSpec(world, c), ...(c.odds(0.2) ? [addSpec(world, c)] : []), ...saveFlags(c), ...ws, ...common], cwd }
	if (r < 0.64) return { args: ['uninstall', c.pick(names), ...(c.odds(0.15) ? ['--no-save'] : []), ...ws, ...common], cwd }
	if (r < 0.74) return { args: ['update', ...(c.odds(0.6) ? [c.pick(names)] : []), ...(c.odds(0.3) ? ['--save'] : []), ...ws, ...common], cwd }
	if (r < 0.84) return { args: ['ci', ...ws, ...common.filter(flag => flag !== '--package-lock-only')], cwd }
	if (r < 0.9) return { args: ['prune', ...(c.odds(0.2) ? [c.pick(names)] : []), ...ws, ...common], cwd }
	if (r < 0.93) return { args: ['dedupe', ...ws, ...common], cwd }
	return { args: ['ls', '--all', ...(c.odds(0.4) ? ['--json'] : []), ...ws, ...(c.odds(0.2) ? ['--omit=dev'] : [])], cwd }
}

// ---- edits by people ----

function editManifest(world, c, root) {
	const where = world.workspaces.length && c.odds(0.5) ? c.pick(world.workspaces).folder : ''
	const file = path.join(root, where, 'package.json'), m = readJson(file)
	if (!m) return
	const r = c.random(), deps = FIELDS.flatMap(field => Object.keys(m[field] ?? {}).map(name => [field, name]))
	if (r < 0.35 && deps.length) {
		const [field, name] = c.pick(deps)
		delete m[field][name]
	} else if (r < 0.5 && deps.length) {
		const [field, name] = c.pick(deps), spec = m[field][name]
		delete m[field][name]
		;(m[c.pick(FIELDS)] ??= {})[name] = c.odds(0.5) ? spec : '*'
	} else if (r < 0.6) m.version = c.pick(['1.0.0', '1.5.0', '2.0.0', '3.0.0'])
	else {
		const [name, spec] = world.wish(c, where)
		if (name !== m.name) (m[c.pick(FIELDS)] ??= {})[name] = spec
	}
	writeJson(file, m)
}

function editWorkspaces(world, c, root) {
	const m = readJson(`${root}/package.json`)
	if (!m || !world.workspaces.length) return
	const ws = c.pick(world.workspaces), from = path.join(root, ws.folder), r = c.random()
	if (r < 0.2) m.workspaces = c.pick(PATTERNS)
	else if (r < 0.35) fs.rmSync(from, { recursive: true, force: true })
	else if (r < 0.55 && fs.existsSync(from)) {
		const to = path.join(root, c.pick(FOLDERS))
		fs.mkdirSync(path.dirname(to), { recursive: true })
		if (!fs.existsSync(to) && !path.relative(from, to).startsWith('node_modules')) fs.renameSync(from, to)
	} else if (r < 0.7) {
		const pkg = readJson(`${from}/package.json`)
		if (pkg) writeJson(`${from}/package.json`, { ...pkg, name: c.pick(['renamed', ...world.names, ...world.workspaces.map(w => w.name)]) })
	} else if (r < 0.85) writeJson(path.join(root, c.pick(FOLDERS), 'package.json'), world.manifest(c, `ws-new${c.below(3)}`, ws.folder, 2))
	else delete m.workspaces
	writeJson(`${root}/package.json`, m, world.indent)
}

// ---- damage ----

function packagesOf(root) {
	const found = []
	const walk = dir => {
		let names
		try {
			names = fs.readdirSync(dir).sort()
		} catch {
			return
		}
		for (const name of names) {
			const full = `${dir}/${name}`
			if (name.startsWith('.')) continue
			if (name.startsWith('@')) walk(full)
			else {
				found.push(full)
				if (fs.lstatSync(full).isDirectory()) walk(`${full}/node_modules`)
			}
		}
	}
	walk(`${root}/node_modules`)
	for (const folder of FOLDERS) walk(`${root}/${folder}/node_modules`)
	return found
}

const replaced = (at, make) => {
	fs.rmSync(at, { recursive: true, force: true })
	fs.mkdirSync(path.dirname(at), { recursive: true })
	make()
}

const DAMAGE = {
	'delete package': (c, root, at) => fs.rmSync(at, { recursive: true, force: true }),
	'delete its package.json': (c, root, at) => fs.rmSync(`${at}/package.json`, { force: true }),
	'break its package.json': (c, root, at) => changed(`${at}/package.json`, c.pick(['', '{', '{"name":"x",}', '[]', '"x"', 'null'])),
	'change its version': (c, root, at) => edit(`${at}/package.json`, m => ({ ...m, version: c.pick(['0.0.1', '9.9.9', '1.0.0', 'x']) })),
	'change its name': (c, root, at) => edit(`${at}/package.json`, m => ({ ...m, name: c.pick(['other', '@s/other']) })),
	'drop its dependencies': (c, root, at) => edit(`${at}/package.json`, ({ dependencies, ...m }) => m),
	'add a dependency to it': (c, root, at, world) => edit(`${at}/package.json`, m => ({ ...m, dependencies: { ...m.dependencies, [c.pick(world.names)]: '*' } })),
	'replace by a file': (c, root, at) => replaced(at, () => fs.writeFileSync(at, 'x')),
	'replace by a link': (c, root, at) => replaced(at, () => fs.symlinkSync(path.relative(path.dirname(at), `${root}/libs/x`), at)),
	'replace by a dangling link': (c, root, at) => replaced(at, () => fs.symlinkSync('nowhere', at)),
	'replace by an empty folder': (c, root, at) => replaced(at, () => fs.mkdirSync(at)),
	'move away and link back': (c, root, at) => {
		if (fs.lstatSync(at).isSymbolicLink() || fs.existsSync(`${root}/../out/moved`)) return
		fs.renameSync(at, `${root}/../out/moved`)
		fs.symlinkSync(path.relative(path.dirname(at), `${root}/../out/moved`), at)
	},
	'copy into another': (c, root, at) => {
		const to = `${c.pick(packagesOf(root))}/node_modules/${path.basename(at)}`
		if (!to.startsWith(`${at}/`) && !fs.existsSync(to) && fs.existsSync(at) && fs.lstatSync(path.dirname(path.dirname(to))).isDirectory())
			fs.cpSync(at, to, { recursive: true, verbatimSymlinks: true, filter: source => !source.includes(`${at}/node_modules`) })
	},
	'extraneous package': (c, root) => writeJson(`${root}/node_modules/${c.pick(['extra', '@x/extra', 'lib-x'])}/package.json`, { name: 'extra', version: '1.0.0', bin: { extra: 'x.js' } }),
	'extraneous nested package': (c, root, at) => { if (fs.lstatSync(at).isDirectory()) writeJson(`${at}/node_modules/extra/package.json`, { name: 'extra', version: '1.0.0' }) },
	'extraneous link': (c, root) => link('../libs/x', `${root}/node_modules/lnk`),
	'stray file in node_modules': (c, root) => { fs.mkdirSync(`${root}/node_modules`, { recursive: true }); fs.writeFileSync(`${root}/node_modules/stray`, 'x') },
	'empty scope': (c, root) => fs.mkdirSync(`${root}/node_modules/@empty`, { recursive: true }),
	'delete bins': (c, root) => fs.rmSync(`${root}/node_modules/.bin`, { recursive: true, force: true }),
	'delete a bin': (c, root) => bins(root).length && fs.rmSync(`${root}/node_modules/.bin/${c.pick(bins(root))}`),
	'empty the bins': (c, root) => bins(root).forEach(name => fs.rmSync(`${root}/node_modules/.bin/${name}`)),
	'replace a bin': (c, root) => bins(root).length && replaced(`${root}/node_modules/.bin/x`, () => fs.writeFileSync(`${root}/node_modules/.bin/${c.pick(bins(root))}`, 'mine')),
	'delete node_modules': (c, root) => fs.rmSync(`${root}/node_modules`, { recursive: true, force: true }),
	'node_modules is a file': (c, root) => replaced(`${root}/node_modules`, () => fs.writeFileSync(`${root}/node_modules`, 'x')),
	'node_modules is a link': (c, root) => replaced(`${root}/node_modules`, () => {
		fs.mkdirSync(`${root}/../out/modules`, { recursive: true })
		fs.symlinkSync('../out/modules', `${root}/node_modules`)
	}),
	'delete the hidden lockfile': (c, root) => fs.rmSync(`${root}/node_modules/.package-lock.json`, { force: true }),
	'break the hidden lockfile': (c, root) => rewrite(`${root}/node_modules/.package-lock.json`, text => c.pick(['', '{', 'null', '[]', '{}', '{"lockfileVersion":1}', text.slice(0, text.length / 2)])),
	'stale hidden lockfile': (c, root) => editEntries(c, `${root}/node_modules/.package-lock.json`),
	'hidden lockfile from the future': (c, root) => touch(`${root}/node_modules/.package-lock.json`, 1e10),
	'old hidden lockfile': (c, root) => touch(`${root}/node_modules/.package-lock.json`, 1e9),
	'delete the lockfile': (c, root) => fs.rmSync(`${root}/package-lock.json`, { force: true }),
	'break the lockfile': (c, root) => rewrite(`${root}/package-lock.json`, text => c.pick(['', '{', 'null', '{}', '{"lockfileVersion":3}', '{"lockfileVersion":3,"packages":{}}', text.slice(0, text.length / 2)])),
	'stale lockfile': (c, root) => editEntries(c, `${root}/package-lock.json`),
	'hidden lockfile as lockfile': (c, root) => rewrite(`${root}/package-lock.json`, () => fs.existsSync(`${root}/node_modules/.package-lock.json`) ? fs.readFileSync(`${root}/node_modules/.package-lock.json`) : ''),
}

// As if edited in place, the folder's time unchanged; but the file may be linked to others.
function changed(file, text) {
	const { atime, mtime } = fs.statSync(path.dirname(file))
	fs.rmSync(file, { force: true })
	fs.writeFileSync(file, text)
	fs.utimesSync(path.dirname(file), atime, mtime)
}
const edit = (file, change) => { const m = readJson(file); if (m && typeof m === 'object' && !Array.isArray(m)) changed(file, JSON.stringify(change(m), null, 2)) }
const rewrite = (file, change) => { if (fs.existsSync(file)) fs.writeFileSync(file, change(fs.readFileSync(file, 'utf8'))) }
const bins = root => fs.existsSync(`${root}/node_modules/.bin`) ? fs.readdirSync(`${root}/node_modules/.bin`).sort() : []
const touch = (file, seconds) => { if (fs.existsSync(file)) fs.utimesSync(file, seconds, seconds) }
const link = (to, at) => { if (!fs.lstatSync(at, { throwIfNoEntry: false })) { fs.mkdirSync(path.dirname(at), { recursive: true }); fs.symlinkSync(to, at) } }

function editEntries(c, file) {
	const lock = readJson(file), keys = Object.keys(lock?.packages ?? {}).filter(Boolean)
	if (!keys.length) return
	const key = c.pick(keys), entry = lock.packages[key], r = c.random()
	if (r < 0.3) delete lock.packages[key]
	else if (r < 0.5) entry.version = '9.9.9'
	else if (r < 0.6) delete entry.resolved
	else if (r < 0.7) delete entry.integrity
	else if (r < 0.8) delete entry.dependencies
	else if (r < 0.9) for (const flag of ['dev', 'optional', 'peer', 'devOptional']) delete entry[flag]
	else lock.packages['node_modules/phantom'] = { version: '1.0.0' }
	writeJson(file, lock)
}

function damage(world, c, root) {
	const kind = c.pick(Object.keys(DAMAGE)), places = packagesOf(root)
	const at = places.length ? c.pick(places) : `${root}/node_modules/nothing`
	if (!places.length && DAMAGE[kind].length > 2) return `${kind}: nothing there`
	try {
		DAMAGE[kind](c, root, at, world)
	} catch (error) {
		if (!['ENOENT', 'ENOTDIR', 'EEXIST', 'EISDIR', 'EINVAL'].includes(error.code)) throw error
	}
	return `${kind}: ${path.relative(root, at)}`
}

// ---- all of it ----

export function scenario(seed) {
	const world = new World(seed)
	const c = chance(seed * 31 + 11), steps = []
	const count = 3 + c.below(5)
	for (let i = 0; i < count; i++) {
		const own = seed * 101 + i * 17 + 1, first = i === 0
		if (!first) {
			const changes = c.pick([0, 1, 1, 1, 2, 3])
			for (let k = 0; k < changes; k++) {
				const kind = c.random(), random = () => chance(own * 7 + k)
				if (world.global) steps.push({ text: 'damage', change: root => damage(world, random(), `${root}/../prefix/lib`) })
				else if (kind < 0.3) steps.push({ text: 'edit package.json', change: root => editManifest(world, random(), root) })
				else if (kind < 0.4) steps.push({ text: 'edit workspaces', change: root => editWorkspaces(world, random(), root) })
				else steps.push({ text: 'damage', change: root => damage(world, random(), root) })
			}
		}
		steps.push({ text: 'run', command: root => first && !world.global && chance(own).odds(0.8) ? { args: ['install'], cwd: '.' } : command(world, chance(own), root) })
	}
	return { world, steps }
}
