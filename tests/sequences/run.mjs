// Random projects through npm and lode, compared byte for byte after each step. Opt-in; needs npm 12 and the Node that lode bundles:
//
//	node tests/sequences/run.mjs --npm DIR/node_modules/npm --lode build/debug/lode --from 1 --to 200 [--keep DIR]
//	… --scenario FILE		one that was kept, made smaller or written by hand
//	… --reduce FILE			makes it smaller, as long as it still differs the same way: FILE.small.json
//	… --record FILE --name NAME	adds it to cases.jsonl with what npm makes of it, for replay.mjs
//
// Compared are package.json, package-lock.json, the hidden lockfile, the listing of node_modules, the error's code and what is
// said about conflicts. Where npm hangs or crashes nothing is. --delay MS lets answers to lode come late, by chance. The
// folders and the scenario of what differs are kept.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { reduce } from './reduce.mjs'
import { Registry } from './registry.mjs'
import { compare, record, scenario } from './scenario.mjs'
import { Lode, Npm } from './sides.mjs'

const NAMES = ['npm', 'lode', 'from', 'to', 'keep', 'scenario', 'reduce', 'record', 'name', 'delay']
const { values: args } = parseArgs({ options: Object.fromEntries(NAMES.map(name => [name, { type: 'string' }])) })
const dir = args.keep ? path.resolve(args.keep) : fs.mkdtempSync(path.join(os.tmpdir(), 'sequences-'))
fs.mkdirSync(dir, { recursive: true })
const sides = { registry: new Registry(Number(args.delay ?? 0)), npm: new Npm(dir, args.npm), lode: new Lode(dir, args.lode) }
await sides.registry.listen()
const count = { same: 0, different: 0, skipped: 0 }

async function check(world, one) {
	const { outcome, step, what } = await compare(sides, world, one)
	count[outcome]++
	if (outcome === 'different') {
		console.log(`${world} step ${step} (${JSON.stringify(one.steps[step])}): ${what}`)
		fs.writeFileSync(`${dir}/${world}.json`, JSON.stringify(one, null, 1))
	} else {
		if (outcome === 'skipped') console.log(`${world} step ${step}: not compared: ${what.replaceAll('\n', ' ').slice(0, 200)}`)
		fs.rmSync(`${dir}/${world}`, { recursive: true, force: true })
	}
}

const load = file => JSON.parse(fs.readFileSync(file))
if (args.reduce) {
	const small = await reduce(load(args.reduce), one => compare(sides, 'small', one))
	fs.writeFileSync(args.reduce.replace(/\.json$/, '.small.json'), JSON.stringify(small, null, 1))
	await check('small', small)
} else if (args.record) {
	const kept = await record(sides, { name: args.name, ...load(args.record) })
	fs.appendFileSync(new URL('./cases.jsonl', import.meta.url), `${JSON.stringify(kept)}\n`)
} else if (args.scenario) {
	await check(path.basename(args.scenario, '.json'), load(args.scenario))
} else {
	for (let seed = Number(args.from ?? 1); seed <= Number(args.to ?? 100); seed++) await check(`s${seed}`, scenario(seed))
}
console.log(`same ${count.same}, different ${count.different}, not compared ${count.skipped}; in ${dir}`)
sides.npm.stop()
process.exit(count.different ? 1 : 0)
