// The kept cases (cases.jsonl: a scenario and what npm made of it, one a line) through lode alone:
//
//	build/runtime/bin/node tests/sequences/replay.mjs build/debug/lode [WORD…]	those whose names hold a word
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { Registry } from './registry.mjs'
import { replay } from './scenario.mjs'
import { Lode } from './sides.mjs'

const [program, ...words] = process.argv.slice(2)
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sequences-'))
const registry = new Registry()
const lode = new Lode(dir, program)
const lines = fs.readFileSync(new URL('./cases.jsonl', import.meta.url), 'utf8').split('\n').filter(Boolean)
let failed = 0

await registry.listen()
for (const one of lines.map(line => JSON.parse(line))) {
	if (words.length && !words.some(word => one.name.includes(word))) continue
	const wrong = await replay({ registry, lode }, one)
	if (!wrong) continue
	failed++
	console.log(`${one.name}: step ${wrong.step}, ${wrong.what}\n--- npm\n${wrong.wanted}\n--- lode\n${wrong.got}`)
}
fs.rmSync(dir, { recursive: true })
console.log(`${lines.length - failed} passed, ${failed} failed`)
process.exit(failed ? 1 : 0)
