# cython: boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""The inner loops of the tagger: which words were met, what they say together, and the chain.

A word is judged with two words on either side, so what it says has a row for each of five words.
"""

from libc.math cimport exp
from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t
from libc.stdlib cimport free, malloc
from libc.string cimport memcpy, memset

import numpy as np

cdef enum:
    AROUND = 5
    BESIDE = 2
    GAP = 3
    TYPES = 3
    LABELS = 1 + 2 * TYPES
    ROW = AROUND * LABELS
    CLASS_BITS = 6

CLASSES = 1 << CLASS_BITS
"""Kinds of words there may be, for what words side by side say together."""


cdef class Memory:
    """Words to what is known of them, by Python's hash of a word, which has a key of this process.

    Only the holder of the interpreter's lock reads or writes it.
    """

    cdef readonly Py_ssize_t room
    """How many words it can hold."""

    cdef Py_ssize_t count
    cdef Py_ssize_t mask
    cdef int64_t[::1] hashes
    cdef int32_t[::1] slots
    cdef uint8_t[::1] kinds
    cdef uint8_t[::1] classes
    cdef float[:, ::1] weights

    def __init__(self, Py_ssize_t room):
        """Empty, with room for this many words."""
        self.room = room
        slots = 1 << (2 * room).bit_length()
        self.mask = slots - 1
        self.slots = np.full(slots, -1, np.int32)
        self.hashes = np.zeros(room, np.int64)
        self.kinds = np.zeros(room, np.uint8)
        self.classes = np.zeros(room, np.uint8)
        self.weights = np.zeros((room, ROW), np.float32)

    def __len__(self):
        return self.count

    def __contains__(self, str word):
        return self.row(hash(word)) >= 0

    def find(self, list words):
        """These words with an edge of two on either side, and the places of those not known."""
        cdef Py_ssize_t count = len(words), at
        cdef int32_t row
        cdef Known known = Known.__new__(Known, self, count)
        cdef list others = []
        for at in range(count):
            row = self.row(hash(words[at]))
            known.rows[at + BESIDE] = row
            if row < 0:
                others.append(at)
        return known, others

    def keep(self, list words, bytes kinds, bytes classes, const float[:, ::1] weights):
        """Remember distinct words with their traits; whether there is room for all of them.

        The very first one is the edge of every text.
        """
        cdef Py_ssize_t at, slot
        cdef int64_t hashed
        if self.count + len(words) > self.room:
            return False
        for at in range(len(words)):
            hashed = hash(words[at])
            slot = self.slot(hashed)
            if self.slots[slot] >= 0:
                continue
            self.hashes[self.count] = hashed
            self.kinds[self.count] = kinds[at]
            self.classes[self.count] = classes[at]
            memcpy(&self.weights[self.count, 0], &weights[at, 0], ROW * sizeof(float))
            self.slots[slot] = <int32_t>self.count
            self.count += 1
        return True

    cdef Py_ssize_t slot(self, int64_t hashed) noexcept:
        """Where this word is, or would be."""
        cdef Py_ssize_t slot = hashed & self.mask
        while self.slots[slot] >= 0 and self.hashes[self.slots[slot]] != hashed:
            slot = (slot + 1) & self.mask
        return slot

    cdef int32_t row(self, int64_t hashed) noexcept:
        return self.slots[self.slot(hashed)]


cdef class Known:
    """The words of a text as a memory has them, with two edges on either side."""

    cdef Memory memory
    cdef Py_ssize_t count
    cdef int32_t* rows

    def __cinit__(self, Memory memory, Py_ssize_t count):
        self.memory, self.count = memory, count
        self.rows = <int32_t*>malloc((count + 2 * BESIDE) * sizeof(int32_t))
        if self.rows == NULL:
            raise MemoryError
        memset(self.rows, 0, (count + 2 * BESIDE) * sizeof(int32_t))

    def __dealloc__(self):
        free(self.rows)

    def put(self, list places, list words):
        """The words at these places are known as `words`, which the memory has.

        Raises:
            KeyError: it has not.
        """
        cdef Py_ssize_t at
        cdef int32_t row
        for at in range(len(places)):
            row = self.memory.row(hash(words[at]))
            if row < 0:
                raise KeyError
            self.rows[<Py_ssize_t>places[at] + BESIDE] = row

    def runs(self):
        """Where names may stand, as (first, past the last) word.

        From a word that may be in one (``C``) to the last such that is reached over three at most
        that may stand between two of those (``g``).
        """
        cdef list found = []
        cdef Py_ssize_t at, first = -1, past = 0
        cdef uint8_t kind
        for at in range(self.count):
            kind = self.memory.kinds[self.rows[at + BESIDE]]
            if first >= 0 and (kind == c"o" or kind == c"g" and at - past == GAP):
                found.append((first, past))
                first = -1
            if kind == c"C":
                first, past = at if first < 0 else first, at + 1
        if first >= 0:
            found.append((first, past))
        return found


cdef class Scores:
    """What words say for labels: each for itself and its neighbours, and kinds side by side."""

    cdef const float[:, ::1] before
    cdef const float[:, ::1] after
    cdef const uint16_t[::1] which
    cdef const float[:, ::1] triples

    def __init__(self, before, after, which, triples):
        """`which` row of `triples` is of three kinds; `before` and `after` are of pairs."""
        self.before, self.after, self.which, self.triples = before, after, which, triples

    def chances(self, Known known, list runs):
        """For each word of these runs what speaks for each label, the likeliest of it 1."""
        said = np.empty((words_of(runs), LABELS))
        cdef double[:, ::1] chances = said
        cdef Py_ssize_t at = 0, place, first, past
        for first, past in runs:
            for place in range(first, past):
                self.of_word(known.memory, known.rows + place, &chances[at, 0])
                at += 1
        return said

    cdef void of_word(self, Memory memory, int32_t* rows, double* chances) noexcept:
        """The word in the middle of five, by their rows in the memory."""
        cdef float[LABELS] scores
        cdef Py_ssize_t beside, kinds = 0, label
        cdef float most
        memset(scores, 0, sizeof(scores))
        for beside in range(AROUND):
            add(scores, &memory.weights[rows[beside], beside * LABELS], LABELS)
            if 0 < beside < AROUND - 1:
                kinds = kinds << CLASS_BITS | memory.classes[rows[beside]]
        add(scores, &self.triples[self.which[kinds], 0], LABELS)
        add(scores, &self.before[kinds >> CLASS_BITS, 0], LABELS)
        add(scores, &self.after[kinds & (1 << 2 * CLASS_BITS) - 1, 0], LABELS)
        most = scores[0]
        for label in range(1, LABELS):
            most = max(most, scores[label])
        for label in range(LABELS):
            chances[label] = exp(scores[label] - most)


cdef class Chain:
    """The chain of a linear-chain conditional random field, over short runs of words.

    The first label is ``O``, that of the words around a run.
    """

    cdef double[:, ::1] steps
    cdef Py_ssize_t width

    def __init__(self, transitions):
        """From the scores of ``[label, label that follows]``."""
        self.steps = np.exp(np.ascontiguousarray(transitions, np.float64))
        self.width = len(transitions)

    def chances(self, const double[:, ::1] words, list runs):
        """The chance of each label of each word, in `runs` (first, past the last) side by side.

        `words` has for each label what the word by itself says for it, at most 1. Outside of a
        run the label is ``O``, so a run begins and ends as if next to one.

        Raises:
            ValueError: the runs are not of so many words.
        """
        cdef Py_ssize_t at = 0, first, past
        if words_of(runs) != words.shape[0] or words.shape[1] != self.width:
            raise ValueError("runs are of as many words as are given, with every label")
        result = np.empty((words.shape[0], self.width))
        cdef double[:, ::1] chances = result
        cdef double[:, ::1] onward = np.empty((2, self.width))
        for first, past in runs:
            self.run(words, chances, onward, at, at + past - first)
            at += past - first
        return result

    cdef void run(
        self, const double[:, ::1] words, double[:, ::1] chances, double[:, ::1] onward,
        Py_ssize_t first, Py_ssize_t past,
    ) noexcept:
        """Forward, each word's chances with all before it; then backward, with all behind it."""
        cdef Py_ssize_t at, label, other
        cdef double sum_
        for at in range(first, past):
            for label in range(self.width):
                sum_ = self.steps[0, label] if at == first else 0.0
                if at > first:
                    for other in range(self.width):
                        sum_ += chances[at - 1, other] * self.steps[other, label]
                chances[at, label] = sum_ * words[at, label]
            scaled(&chances[at, 0], self.width)
        for label in range(self.width):
            onward[0, label] = self.steps[label, 0]
        for at in range(past - 1, first - 1, -1):
            for label in range(self.width):
                onward[1, label] = onward[0, label] * words[at, label]
                chances[at, label] *= onward[0, label]
            scaled(&chances[at, 0], self.width)
            scaled(&onward[1, 0], self.width)
            for label in range(self.width):
                sum_ = 0.0
                for other in range(self.width):
                    sum_ += self.steps[label, other] * onward[1, other]
                onward[0, label] = sum_


def likely(const double[:, ::1] chances, list runs, double most):
    """The words of `runs` that are no part of a name with a chance of at most `most`.

    Each as a tuple of its place, that chance, the type of name it is likeliest in, the chance of
    that, and the chance that one begins there. Behind the first label, each type has two.
    """
    cdef list found = []
    cdef Py_ssize_t at = 0, place, first, past, kind, best
    cdef double chance, most_of_types
    for first, past in runs:
        for place in range(first, past):
            if chances[at, 0] <= most:
                best, most_of_types = 0, -1.0
                for kind in range(TYPES):
                    chance = chances[at, 1 + 2 * kind] + chances[at, 2 + 2 * kind]
                    if chance > most_of_types:
                        best, most_of_types = kind, chance
                found.append(
                    (place, chances[at, 0], best, most_of_types, chances[at, 1 + 2 * best])
                )
            at += 1
    return found


cdef Py_ssize_t words_of(list runs) except -1:
    cdef Py_ssize_t count = 0, first, past
    for first, past in runs:
        count += past - first
    return count


cdef inline void add(float* sums, const float* others, Py_ssize_t count) noexcept:
    cdef Py_ssize_t at
    for at in range(count):
        sums[at] += others[at]


cdef inline void scaled(double* values, Py_ssize_t count) noexcept:
    """Of the same proportions, with a sum of 1, so that no product grows too small."""
    cdef Py_ssize_t at
    cdef double sum_ = 0.0
    for at in range(count):
        sum_ += values[at]
    sum_ = max(sum_, 1e-300)
    for at in range(count):
        values[at] /= sum_
