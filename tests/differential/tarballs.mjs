// A registry on loopback that serves made-up graphs (graph.mjs), tarballs included, each below a path of its own.
import { createHash } from 'node:crypto'
import http from 'node:http'
import { gzipSync } from 'node:zlib'

// A package as npm packs it. files: name to text.
export function tarball(files) {
	const blocks = []
	for (const [name, text] of Object.entries(files)) {
		const data = Buffer.from(text), head = Buffer.alloc(512)
		head.write(`package/${name}`, 0)
		head.write('0000644\0', 100)
		head.write('0000000\0'.repeat(2), 108)
		head.write(`${data.length.toString(8).padStart(11, '0')}\0`, 124)
		head.write('03560116604\0', 136)
		head.write('        0', 148)
		head.write('ustar\x0000', 257)
		head.write(`${head.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, '0')}\0 `, 148)
		blocks.push(head, data, Buffer.alloc((512 - data.length % 512) % 512))
	}
	return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]))
}

export async function serve(graphs) {
	const made = new Map()
	const fileName = (name, version) => `${name.replace('/', '-')}-${version}.tgz`

	function packed(key, name, version, manifest) {
		const id = `${key}/${name}@${version}`
		if (!made.has(id)) {
			const files = { 'package.json': JSON.stringify({ name, version, ...manifest }, null, 2), 'index.js': `// ${id}\n` }
			for (const file of Object.values(manifest.bin ?? {})) files[file] = `#!/usr/bin/env node\n// ${id}\n`
			made.set(id, tarball(files))
		}
		return made.get(id)
	}

	function packument(key, name) {
		const entry = graphs.get(key)?.registry[name]
		if (!entry) return null
		const versions = {}
		for (const [version, manifest] of Object.entries(entry.versions)) {
			const integrity = `sha512-${createHash('sha512').update(packed(key, name, version, manifest)).digest('base64')}`
			const tarball = `${url}/${key}/-t/${name}/${version}/${fileName(name, version)}`
			const hasInstallScript = manifest.scripts ? true : undefined
			versions[version] = { name, version, ...manifest, hasInstallScript, dist: { tarball, integrity } }
		}
		return { name, 'dist-tags': { latest: entry.latest }, versions }
	}

	const server = http.createServer((request, response) => {
		const [, key, ...rest] = decodeURIComponent(request.url).split('/')
		if (rest[0] === '-t') {
			const version = rest.at(-2), name = rest.slice(1, -2).join('/')
			return response.end(packed(key, name, version, graphs.get(key).registry[name].versions[version]))
		}
		const found = packument(key, rest.join('/'))
		response.statusCode = found ? 200 : 404
		response.setHeader('content-type', 'application/json')
		response.end(JSON.stringify(found ?? { error: 'not found' }))
	})
	await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
	const url = `http://localhost:${server.address().port}`
	return { url, close: () => server.close() }
}
