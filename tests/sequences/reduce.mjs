// Makes a scenario smaller: drops one thing after the other as long as it still differs in the same words.
export async function reduce(start, compare) {
	const first = await compare(start)
	if (first.outcome !== 'different') return start
	let best = { ...start, steps: start.steps.slice(0, first.step + 1) }
	const still = async one => {
		const { outcome, what } = await compare(one)
		return outcome === 'different' && what === first.what
	}
	for (let shrunk = true; shrunk;) {
		shrunk = false
		for (const change of changes(best)) {
			const one = structuredClone(best)
			if (!drop(one, change) || !await still(one)) continue
			best = one
			shrunk = true
		}
	}
	return best
}

// Paths of everything that may go, large things first.
function changes(one) {
	const out = []
	for (let i = one.steps.length - 2; i >= 0; i--) out.push(['steps', one.steps[i]])
	for (const name of Object.keys(one.registry)) out.push(['registry', name])
	for (const [name, entry] of Object.entries(one.registry)) {
		for (const version of Object.keys(entry.versions)) out.push(['registry', name, 'versions', version])
		if (entry.tags.beta) out.push(['registry', name, 'tags', 'beta'])
	}
	for (const field of Object.keys(one.root)) if (!['name', 'version'].includes(field)) nested(out, ['root', field], one.root[field])
	for (const [name, entry] of Object.entries(one.registry))
		for (const [version, manifest] of Object.entries(entry.versions))
			for (const field of Object.keys(manifest)) nested(out, ['registry', name, 'versions', version, field], manifest[field])
	one.steps.forEach(step => step.run?.slice(1).forEach(word => out.push(['words', step, word])))
	return out
}

function nested(out, path, value) {
	out.push(path)
	if (value && typeof value === 'object' && !Array.isArray(value))
		for (const key of Object.keys(value)) nested(out, [...path, key], value[key])
}

function drop(one, path) {
	const same = step => JSON.stringify(step) === JSON.stringify(path[1])
	if (path[0] === 'steps') {
		const index = one.steps.findIndex(same)
		return index >= 0 && index < one.steps.length - 1 && one.steps.splice(index, 1)
	}
	if (path[0] === 'words') {
		const step = one.steps.find(same)
		const index = step?.run.indexOf(path[2]) ?? -1
		return index > 0 && step.run.splice(index, 1)
	}
	let into = one
	for (const key of path.slice(0, -1)) into = into?.[key]
	const last = path.at(-1)
	if (into?.[last] === undefined) return false
	if (path[2] === 'versions' && path.length === 4) {
		if (Object.keys(into).length < 2) return false
		const { tags } = one.registry[path[1]]
		for (const tag of Object.keys(tags)) if (tags[tag] === last) tags[tag] = Object.keys(into).find(v => v !== last)
	}
	delete into[last]
	return true
}
