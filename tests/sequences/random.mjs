// Numbers by chance, the same for the same seed.
export class Random {
	#state

	constructor(seed) {
		this.#state = (Number(seed) * 2654435761) >>> 0 || 1
		for (let i = 0; i < 5; i++) this.next()
	}

	next() {
		let s = this.#state
		s ^= s << 13
		s >>>= 0
		s ^= s >>> 17
		s ^= s << 5
		this.#state = s >>> 0
		return this.#state / 4294967296
	}

	below(n) {
		return Math.floor(this.next() * n)
	}

	chance(p) {
		return this.next() < p
	}

	pick(list) {
		return list[this.below(list.length)]
	}
}
