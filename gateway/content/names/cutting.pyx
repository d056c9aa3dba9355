# cython: boundscheck=False, wraparound=False, initializedcheck=False
"""A text cut into words: the plain ones are told here, the others by a regular expression."""

from cpython.unicode cimport PyUnicode_DATA, PyUnicode_KIND, PyUnicode_READ, PyUnicode_Substring


def cut(str text, match):
    """The words of `text` and where they stand.

    `match` gives the word at a place; of a plain one, as most are, its end is told without.
    """
    cdef int width = PyUnicode_KIND(text)
    cdef void* signs = PyUnicode_DATA(text)
    cdef Py_ssize_t at = 0, end, size = len(text)
    cdef Py_UCS4 sign
    cdef list words = [], starts = []
    while at < size:
        sign = PyUnicode_READ(width, signs, at)
        if sign.isspace() and sign != u"\n":
            at += 1
            continue
        end = plain_end(width, signs, at, size)
        if end < 0:
            end = match(text, at).end()
        words.append(PyUnicode_Substring(text, at, end))
        starts.append(at)
        at = end
    return words, starts


cdef Py_ssize_t plain_end(int width, void* signs, Py_ssize_t at, Py_ssize_t size) noexcept:
    """Where the word that begins here ends, if that is plain; else -1.

    Plain are letters with nothing behind them that may go on with them, signs, and line ends.
    """
    cdef Py_UCS4 first = PyUnicode_READ(width, signs, at), behind = 0
    cdef Py_ssize_t end = at + 1
    if is_letter(first):
        while end < size:
            behind = PyUnicode_READ(width, signs, end)
            if not is_letter(behind):
                break
            end += 1
        else:
            return end
        if behind >= 128 or behind == u"'" or behind == u"-":
            return -1
        # The beginning of an address, or an initial.
        if behind == u":" and first == u"h" or behind == u"." and (first == u"w" or end == at + 1):
            return -1
        return end
    if first == u"\n":
        while end < size and PyUnicode_READ(width, signs, end) == u"\n":
            end += 1
        return end
    return -1 if first == u"@" or first == u"#" or first.isalnum() else end


cdef inline bint is_letter(Py_UCS4 sign) noexcept:
    if sign < 128:
        return u"a" <= sign <= u"z" or u"A" <= sign <= u"Z"
    return sign.isalpha()
