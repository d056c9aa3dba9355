# cython: boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""MinHash over runs of words, as `gateway.rights.likeness` keeps it of texts.

A run's number is a polynomial of its characters in a secret base (Karp and Rabin, "Efficient
randomized pattern-matching algorithms", 1987), stirred by the finaliser of SplitMix64 (Steele,
Lea and Flood, "Fast splittable pseudorandom number generators", 2014); all modulo 2**64.
"""

from libc.stdint cimport uint64_t

cdef enum:
    RUN = 5
    MINIMA = 32

COUNT = MINIMA


def minima(
    str text, uint64_t base, uint64_t inverse, uint64_t secret, const uint64_t[::1] factors,
    const uint64_t[::1] offsets,
):
    """The low 16 bits, big-endian, of the least that each permutation makes of any run.

    Words are what single blanks separate. `base` times `inverse` is 1. `factors`, which are odd,
    and `offsets` make a permutation each, of which there are `COUNT`.
    """
    cdef uint64_t[MINIMA] least
    cdef uint64_t[RUN] sums
    cdef uint64_t[RUN] moves
    cdef uint64_t sum_ = 0, power = 1, move = 1, number, permuted
    cdef Py_ssize_t at, word = 0, size = len(text)
    cdef int which
    cdef unsigned char[2 * MINIMA] said
    cdef Py_UCS4 sign
    if factors.shape[0] != MINIMA or offsets.shape[0] != MINIMA:
        raise ValueError("a factor and an offset are needed for each minimum")
    for which in range(MINIMA):
        least[which] = ~<uint64_t>0
    sums[0], moves[0] = 0, 1
    for at in range(size + 1):
        sign = text[at] if at < size else u" "
        if sign == u" " and word >= RUN - 1:
            # Of the places of the last words, the next has the first word's. What the text says
            # since then is moved to the text's beginning, so that equal runs are equal numbers.
            which = (word + 1) % RUN
            number = stirred((sum_ - sums[which]) * moves[which] ^ secret)
            for which in range(MINIMA):
                permuted = number * factors[which] + offsets[which]
                least[which] = min(least[which], permuted)
        sum_ += <uint64_t>sign * power
        power *= base
        move *= inverse
        if sign == u" ":
            word += 1
            sums[word % RUN], moves[word % RUN] = sum_, move
    for which in range(MINIMA):
        said[2 * which], said[2 * which + 1] = <unsigned char>(least[which] >> 8), <unsigned char>least[which]
    return <bytes>said[:2 * MINIMA]


cdef inline uint64_t stirred(uint64_t value) noexcept nogil:
    """Each bit of a value in every bit of the result."""
    value = (value ^ (value >> 30)) * <uint64_t>0xBF58476D1CE4E5B9
    value = (value ^ (value >> 27)) * <uint64_t>0x94D049BB133111EB
    return value ^ (value >> 31)
