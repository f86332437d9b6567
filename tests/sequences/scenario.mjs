// A scenario is a registry, a package.json and steps; what becomes of it through npm and through lode is compared after each.
import { Graph } from './graph.mjs'
import { Steps } from './steps.mjs'

export function scenario(seed) {
	const graph = new Graph(seed)
	const { root, steps } = new Steps(graph, seed)
	return { registry: graph.registry, root, steps }
}

// npm's own bugs: nothing can be compared then.
const UNCOMPARED = ['hang', 'crash']

// The talk about conflicting peers, without who says it.
function eresolve({ result, text }) {
	const wanted = result === 'ERESOLVE' ? /^(warn ERESOLVE|error)/ : /^warn ERESOLVE/
	const lines = text.split('\n').map(line => line.replace(/^(npm|lode) /, '').trimEnd())
	return lines.filter(line => wanted.test(line)).join('\n')
}

// What there is to compare after a step. After an error nothing on disk is: npm leaves what it had begun.
async function outcome(side, step, url) {
	const said = await side.step(step, url)
	const seen = { result: said.result, ...side.state(), ERESOLVE: eresolve(said) }
	if (said.result !== 'ok') delete seen.node_modules, delete seen['hidden lockfile']
	side.keep(said.text)
	return { seen, text: said.text }
}

function difference(theirs, ours) {
	if (theirs.result !== ours.result) return `npm ${theirs.result}, lode ${ours.result}`
	return Object.keys(theirs).find(what => theirs[what] !== ours[what]) ?? null
}

async function inWorld(registry, sides, world, { registry: packages, root }, work) {
	registry.add(world, packages)
	for (const side of sides) side.start(world, root)
	try {
		return await work(registry.url(world))
	} finally {
		registry.drop(world)
	}
}

// { outcome: same, skipped or different; step: its number; what: the words for it }
export function compare({ registry, npm, lode }, world, one) {
	return inWorld(registry, [npm, lode], world, one, async url => {
		for (const [number, step] of one.steps.entries()) {
			const theirs = await outcome(npm, step, url)
			if (UNCOMPARED.includes(theirs.seen.result)) return { outcome: 'skipped', step: number, what: theirs.text.slice(-300) }
			const ours = await outcome(lode, step, url)
			const what = difference(theirs.seen, ours.seen)
			if (what) return { outcome: 'different', step: number, what }
		}
		return { outcome: 'same', step: one.steps.length, what: '' }
	})
}

// ---- kept cases: what npm made of a scenario, for replaying without npm ----

const NOWHERE = 'http://registry.example.test/'
const moved = (seen, from, to) => JSON.parse(JSON.stringify(seen).replaceAll(from, to))

export function record({ registry, npm }, one) {
	return inWorld(registry, [npm], 'kept', one, async url => {
		const expect = []
		for (const step of one.steps) expect.push(moved((await outcome(npm, step, url)).seen, url, NOWHERE))
		return { ...one, expect }
	})
}

// null, or { step, what, wanted, got }
export function replay({ registry, lode }, one) {
	return inWorld(registry, [lode], 'kept', one, async url => {
		for (const [number, step] of one.steps.entries()) {
			const wanted = moved(one.expect[number], NOWHERE, url)
			const { seen } = await outcome(lode, step, url)
			const what = difference(wanted, seen)
			if (what) return { step: number, what, wanted: wanted[what], got: seen[what] }
		}
		return null
	})
}
