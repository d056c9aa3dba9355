# cython: boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""What is known of a word by itself: how it is written, what its letters say, what lists have it.

Of every twelve words of a text one was never met, and reading it costs more than judging all of
them. A word without a context says the same in every text, so each is read once (`Memory`).
"""

from cpython.unicode cimport PyUnicode_4BYTE_KIND, PyUnicode_FromKindAndData
from libc.stdint cimport uint8_t, uint16_t, uint32_t

import numpy as np

# How a word is written; `HOWS` ways there are.
cpdef enum:
    LOWER, CAPITAL, CAPITALS, INITIAL, MIXED, OTHER, HOWS

# What a word is listed as. COMMON words are written in lower case in running text; STOP words are
# never a name or part of one.
cpdef enum:
    FIRST = 1 << 0
    LAST = 1 << 1
    CITY = 1 << 2
    REGION = 1 << 3
    COUNTRY = 1 << 4
    PEOPLE = 1 << 5
    CALENDAR = 1 << 6
    TITLE = 1 << 7
    ORG = 1 << 8
    PLACE_PART = 1 << 9
    COMMON = 1 << 10
    ROLE = 1 << 11
    STOP = 1 << 12

cdef enum:
    LONGEST = 24  # how much of a number, or of empty lines, is looked at
    LONG = 12
    SHAPE = 6

EDGE = "\n"  # the word that stands before the first and behind the last
ADDRESS = "://"  # what every address of the web is looked up as

# What may stand inside a name between its capitalised words.
GLUE = frozenset((
    "of the and for in on at to de la le les del den der des die du dos da das di do el al bin ibn"
    " y e et und en von van vom zu zum zur ter ten te het s d l d' l' d\u2019 l\u2019"
    " ' \u2019 & - / . +"
).split())
# What `spelling` says, in its order: the word, its shape, its beginnings and its ends.
SPELLING = ("w", "s", "q1", "U", "L", "p2", "q2", "p3", "q3", "p4", "q4")

cdef dict SIGNS = {
    sign: 4 + index
    for index, sign in enumerate((EDGE, ".", ",", ":", "(", ")", "-", "&", "/", "'", '"', "!"))
}


# How a word is written, and what it is looked up as.

cpdef int writing(str word):
    """How `word` is written: one of `LOWER` to `OTHER`."""
    cdef Py_UCS4 first = word[0]
    if not first.isalpha():
        return OTHER
    if word.islower():
        return LOWER
    if len(word) <= 2 and first.isupper() and not word[1:].isalpha():
        return INITIAL
    if word.isupper():
        return CAPITALS
    if first.isupper() and word[1:].islower():
        return CAPITAL
    return MIXED


cpdef str written(str word):
    """What `word` is looked up as: itself, or a form without what a number or address says."""
    cdef Py_UCS4 first = word[0]
    if first.isalpha():
        return ADDRESS if "/" in word or word.startswith("www.") else word
    if first == u"@" or first == u"#":
        return first + "w"
    return zeros(word) if first.isdigit() else word[:LONGEST]


cdef str zeros(str word):
    """The beginning of `word`, for each run of digits as many zeros, six at most."""
    cdef Py_UCS4[LONGEST] drawn
    cdef Py_ssize_t size = 0, run = 0
    cdef Py_UCS4 letter
    for letter in word[:LONGEST]:
        run = run + 1 if u"0" <= letter <= u"9" else 0
        if run <= 6:
            drawn[size] = u"0" if run else letter
            size += 1
    return PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, drawn, size)


cdef str shape(str word, int how):
    """``Xx-Xx``, ``XX``, ``x``, ``0``; what is no letter or digit stands for itself."""
    cdef Py_UCS4[SHAPE] drawn
    cdef Py_ssize_t size = 0
    cdef Py_UCS4 letter, last = 0
    if how == CAPITALS and word.isalpha():
        return "XXXXXX"[: len(word)]
    for letter in word[:LONGEST]:
        if letter.isupper():
            letter = u"X"
        elif letter.isalpha():
            letter = u"x"
        elif letter.isdigit():
            letter = u"0"
        if letter == u"x" and last == u"x":
            continue
        if size == SHAPE:
            break
        last = drawn[size] = letter
        size += 1
    return PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, drawn, size)


cdef uint8_t kind(str word, int how, int flags) except 0:
    """Where `word` may stand: in a name (``C``), within one only (``g``), or in none (``o``)."""
    if how == OTHER:
        return c"g" if (<Py_UCS4>word[0]).isdigit() or word in GLUE else c"o"
    if how == LOWER:
        if word in GLUE:
            return c"g"
        # A name in lower case must be listed as one, and as nothing else.
        if flags & (FIRST | CITY | COUNTRY) and not flags & (COMMON | STOP) and len(word) > 2:
            return c"C"
        return c"o"
    if flags & STOP:
        return c"g" if word.lower() in GLUE else c"o"
    return c"C"


cpdef int group(int flags):
    """The lists folded into one number below 16; some decide by themselves, in this order."""
    cdef int number = 0, alone
    for alone in (TITLE, CALENDAR, STOP, ORG, COUNTRY, PEOPLE, ROLE):
        number += 1
        if flags & alone:
            return number
    if flags & FIRST:
        return 8 if flags & COMMON else 10 if flags & LAST else 9
    if flags & (CITY | REGION):
        return 11 if flags & (COMMON | LAST) else 12
    if flags & LAST:
        return 13 if flags & COMMON else 14
    return 15 if flags & COMMON else 0


cpdef int word_class(str word, int how, int flags) except -1:
    """What kind of word this is, for word pairs: a number below `arithmetic.CLASSES`."""
    if how == OTHER:
        sign = SIGNS.get(word)
        return sign if sign is not None else 1 if (<Py_UCS4>word[0]).isdigit() else 2
    if how == INITIAL:
        return 3
    return (16 if how == LOWER else 32 if how == CAPITAL else 48) + group(flags)


# What the letters of a word say: hashes of it and of its parts (CRC-32, as in RFC 1952).

cdef uint32_t[256] REMAINDERS

cdef void fill_remainders() noexcept:
    cdef uint32_t number, rest
    for number in range(256):
        rest = number
        for _ in range(8):
            rest = rest >> 1 ^ 0xEDB88320 if rest & 1 else rest >> 1
        REMAINDERS[number] = rest

fill_remainders()


cdef inline uint32_t crc32(const uint8_t* data, Py_ssize_t size, uint32_t begun=0) noexcept:
    cdef uint32_t rest = ~begun
    cdef Py_ssize_t at
    for at in range(size):
        rest = REMAINDERS[(rest ^ data[at]) & 0xFF] ^ rest >> 8
    return ~rest


cdef uint32_t numberless(const uint8_t* data, Py_ssize_t size, uint32_t begun) noexcept:
    """The same, of the data with one zero for each run of digits."""
    cdef bint digit = False
    cdef Py_ssize_t at
    for at in range(size):
        if not c"0" <= data[at] <= c"9":
            digit = False
            begun = crc32(data + at, 1, begun)
        elif not digit:
            digit = True
            begun = crc32(b"0", 1, begun)
    return begun


cpdef uint32_t hashed(str name):
    """The hash that stands for a name, case included."""
    cdef bytes raw = name.encode("utf-8", "surrogatepass")
    return crc32(raw, len(raw))


cpdef uint32_t key(str word):
    """The hash a word is listed under; case does not count."""
    return hashed(word.lower())


# A seed is mixed into the first bytes, so seeds that are alike would make alike what is not.
cdef uint32_t OF_WORD = hashed("seed w"), OF_LAST = hashed("seed q1")
cdef uint32_t X = hashed("x"), XX = hashed("Xx")
cdef uint32_t[5] OF_BEGINNING, OF_END
cdef uint32_t[OTHER] OF_ENDING
cdef uint32_t[OTHER][LONG + 1] OF_LENGTH

cdef fill_seeds():
    cdef int part, how, length
    cdef bytes said
    for part in range(2, 5):
        OF_BEGINNING[part], OF_END[part] = hashed(f"seed p{part}"), hashed(f"seed q{part}")
    for how in range(OTHER):
        OF_ENDING[how] = hashed(f"seed U {how}")
        for length in range(LONG + 1):
            said = f"{how},{length}".encode()
            OF_LENGTH[how][length] = crc32(said, len(said), hashed("seed L"))

fill_seeds()


cdef Py_ssize_t spell(str word, int how, uint32_t* said) except -1:
    """Put down what the letters of `word` say, in the order of `SPELLING`; how much that is."""
    cdef bytes raw = word.lower().encode("utf-8", "surrogatepass")
    cdef const uint8_t* letters = raw
    cdef Py_ssize_t size = len(raw), count = 5, part
    if how == OTHER:
        said[0] = numberless(letters, size, OF_WORD)
        said[1] = hashed(shape(word, how))
        return 2
    said[0] = crc32(letters, size, OF_WORD)
    if how <= CAPITAL and word.isalpha():  # as most are
        said[1] = X if how == LOWER else XX
    else:
        said[1] = hashed(shape(word, how))
    said[2] = crc32(letters + size - 1, 1, OF_LAST)
    part = min(3, size)
    said[3] = crc32(letters + size - part, part, OF_ENDING[how])
    said[4] = OF_LENGTH[how][min(LONG, size)]
    for part in range(2, min(4, size - 1) + 1):
        said[count] = crc32(letters, part, OF_BEGINNING[part])
        said[count + 1] = crc32(letters + size - part, part, OF_END[part])
        count += 2
    return count


def spelling(str word, int how):
    """What the letters of `word` say; of a short word only the first of `SPELLING`."""
    cdef uint32_t[11] said
    cdef Py_ssize_t count = spell(word, how, said)
    return [said[at] for at in range(count)]


# What is known of hashes.

cdef class Index:
    """Sorted, distinct hashes, and where each of them is."""

    cdef const uint32_t[::1] keys
    cdef uint32_t[::1] firsts
    cdef int shift

    def __init__(self, keys):
        self.keys = np.ascontiguousarray(keys, np.uint32)
        # One or two keys for each value of the first bits.
        cdef int bits = max(1, len(keys).bit_length() - 1)
        self.shift = 32 - bits
        buckets = np.arange((1 << bits) + 1, dtype=np.uint64) << np.uint64(self.shift)
        self.firsts = np.searchsorted(self.keys, buckets).astype(np.uint32)

    cdef Py_ssize_t place(self, uint32_t key) noexcept:
        cdef Py_ssize_t bucket = key >> self.shift, at
        for at in range(self.firsts[bucket], self.firsts[bucket + 1]):
            if self.keys[at] == key:
                return at
        return -1


cdef class Lists:
    """What words are listed as, and the cluster of each."""

    cdef Index index
    cdef const uint16_t[::1] flags
    cdef const uint16_t[::1] clusters

    def __init__(self, keys, flags, clusters):
        """Of the words with these sorted hashes."""
        self.index, self.flags, self.clusters = Index(keys), flags, clusters

    def entry(self, str word):
        """The lists and the cluster of `word`; of a hyphenated one not listed, of its last part."""
        cdef Py_ssize_t at = self.index.place(key(word))
        if at >= 0:
            return self.flags[at], self.clusters[at]
        if "-" in word[1:]:
            flags, cluster = self.entry(word.rpartition("-")[2])
            return flags & ~STOP, cluster
        return 0, 0


cdef class Table:
    """What each attribute of a word says for the labels of the words around it."""

    cdef Index index
    cdef float[:, ::1] rows

    def __init__(self, keys, rows):
        """With the sorted, distinct `keys` of attributes, and a row of weights for each."""
        self.index = Index(keys)
        self.rows = np.ascontiguousarray(rows, np.float32)

    def add(self, rows):
        """Rows that have no key; their numbers begin with the one that is returned."""
        first = self.rows.shape[0]
        self.rows = np.concatenate([self.rows, rows])
        return first

    def sums(self, list said):
        """What each of these lists of attributes says in sum; one that has no row says nothing."""
        sums = np.zeros((len(said), self.rows.shape[1]), np.float32)
        cdef float[:, ::1] rows = sums
        cdef Py_ssize_t at
        for at in range(len(said)):
            for attribute in said[at]:
                self.say(rows, at, self.index.place(attribute))
        return sums

    cdef void say(self, float[:, ::1] sums, Py_ssize_t word, Py_ssize_t row) noexcept:
        """Add the row of this number, if there is one, to what a word says."""
        cdef Py_ssize_t at
        if row >= 0:
            for at in range(self.rows.shape[1]):
                sums[word, at] += self.rows[row, at]


cdef class Reader:
    """Reads words that were never met."""

    cdef Lists lists
    cdef Table table
    cdef dict listed
    cdef Py_ssize_t used

    def __init__(self, Lists lists, Table table, dict listed, Py_ssize_t used):
        """Rows of `table` say what it is to be on lists and in a cluster, for all `HOWS` in turn.

        `listed` has the first of them for each set of lists, `used` is that of the first cluster.
        """
        self.lists, self.table, self.listed, self.used = lists, table, listed, used

    def read(self, list words):
        """Of each of `words` where it may stand (`kind`), its class, and all that it says."""
        cdef Py_ssize_t count = len(words), at, place
        cdef bytearray kinds = bytearray(count), classes = bytearray(count)
        weights = np.zeros((count, self.table.rows.shape[1]), np.float32)
        cdef float[:, ::1] sums = weights
        cdef uint32_t[11] said
        cdef int how, flags, cluster
        cdef str word
        for at in range(count):
            word = words[at]
            flags, cluster = self.lists.entry(word)
            how = writing(word)
            for place in range(spell(word, how, said)):
                self.table.say(sums, at, self.table.index.place(said[place]))
            self.table.say(sums, at, self.listed[flags] + how)
            self.table.say(sums, at, self.used + cluster * HOWS + how)
            kinds[at] = kind(word, how, flags)
            classes[at] = word_class(word, how, flags)
        return bytes(kinds), bytes(classes), weights
