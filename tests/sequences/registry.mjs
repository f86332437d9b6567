// A registry on the loopback: many worlds of packages, each below a path of its own.
import http from 'node:http'
import { createHash } from 'node:crypto'
import { tarball } from '../../fixtures/registry/tar.mjs'

const FULL_ONLY = ['scripts', 'description', 'license']
const ABBREVIATED = 'application/vnd.npm.install-v1+json'

export class Registry {
	#worlds = new Map()
	#packed = new Map()

	// Answers for lode, which keeps many requests under way, may come late by chance: up to `delay` ms.
	constructor(delay = 0) {
		this.delay = delay
	}

	async listen() {
		this.server = http.createServer((request, response) => this.#answer(request, response))
		await new Promise(resolve => this.server.listen(0, '127.0.0.1', resolve))
	}

	url(world) {
		return `http://localhost:${this.server.address().port}/${world}/`
	}

	add(world, packages) {
		this.#worlds.set(world, packages)
	}

	drop(world) {
		this.#worlds.delete(world)
		for (const key of this.#packed.keys()) if (key.startsWith(`${world} `)) this.#packed.delete(key)
	}

	#answer(request, response) {
		const [, world, ...rest] = request.url.split('/')
		const name = decodeURIComponent(rest.join('/'))
		const file = name.startsWith('-t/') ? this.#tarball(world, name.slice(3)) : null
		const found = file ?? this.#packument(world, name, !request.headers.accept?.includes(ABBREVIATED))
		setTimeout(() => {
			response.statusCode = found ? 200 : 404
			response.setHeader('content-type', file ? 'application/octet-stream' : 'application/json')
			response.end(file ?? JSON.stringify(found ?? { error: 'not found' }))
		}, /^lode/.test(request.headers['user-agent']) ? Math.random() * this.delay : 0)
	}

	#packument(world, name, full) {
		const entry = this.#worlds.get(world)?.[name]
		if (!entry) return null
		const versions = {}
		for (const version of Object.keys(entry.versions)) {
			versions[version] = this.#document(world, name, version)
			if (!full) for (const field of FULL_ONLY) delete versions[version][field]
		}
		const times = full ? { time: entry.time } : { modified: '2026-11-01T00:00:00.000Z' }
		return { name, 'dist-tags': entry.tags, versions, ...times }
	}

	#document(world, name, version) {
		const manifest = this.#worlds.get(world)[name].versions[version]
		const { integrity } = this.#pack(world, name, version)
		const { bundled, ...rest } = manifest
		const scripts = rest.scripts ? { hasInstallScript: true } : {}
		return { name, version, ...rest, ...scripts, dist: { tarball: `${this.url(world)}-t/${name}/${version}.tgz`, integrity } }
	}

	#tarball(world, path) {
		const slash = path.lastIndexOf('/')
		const [name, version] = [path.slice(0, slash), path.slice(slash + 1).replace(/\.tgz$/, '')]
		return this.#worlds.get(world)?.[name]?.versions[version] ? this.#pack(world, name, version).data : null
	}

	// bundled: folder in the package -> package.json there
	#pack(world, name, version) {
		const key = `${world} ${name} ${version}`
		if (!this.#packed.has(key)) {
			const { bundled = {}, ...manifest } = this.#worlds.get(world)[name].versions[version]
			const files = { 'package.json': JSON.stringify({ name, version, ...manifest }), 'x.js': '#!/usr/bin/env node\n' }
			for (const [folder, inner] of Object.entries(bundled)) files[`${folder}/package.json`] = JSON.stringify(inner)
			const data = tarball(files)
			this.#packed.set(key, { data, integrity: `sha512-${createHash('sha512').update(data).digest('base64')}` })
		}
		return this.#packed.get(key)
	}
}
