# cython: boundscheck=False, wraparound=False, initializedcheck=False
"""What a text may hold, told in one pass over its characters, before anything costly is done."""

cdef enum Sign:
    NEITHER, LOWER, UPPER, WORD, MARK, TELLING

cdef unsigned char[128] SIGNS

for letter in range(128):
    sign = chr(letter)
    SIGNS[letter] = (
        TELLING if sign in "0123456789@=_+/\\-:#$%&^~|{}<>"
        else LOWER if sign.islower()
        else UPPER if sign.isupper()
        else MARK if sign in "!?.,;*'\"()[]"
        else NEITHER
    )


cdef inline Sign sign_of(Py_UCS4 letter) noexcept:
    if letter < 128:
        return <Sign>SIGNS[letter]
    # Whatever counts as a letter or number anywhere; beyond the first plane there are more of them
    # than this Python may know.
    return WORD if letter > 0xFFFF or letter.isalnum() else NEITHER


def suspect(str text):
    """Whether a text has what every value the built-in patterns see has in it.

    That is a digit or one of some signs; two capitals in a row, or one behind a small letter; or
    a mark between two letters without a blank. Prose without it need not be searched.
    """
    cdef Sign sign, last = NEITHER, before = NEITHER
    cdef Py_UCS4 letter
    for letter in text:
        sign = sign_of(letter)
        if sign == TELLING:
            return True
        if sign == UPPER and (last == UPPER or last == LOWER):
            return True
        if last == MARK and LOWER <= sign <= WORD and LOWER <= before <= WORD:
            return True
        before, last = last, sign
    return False


def numeric(str text):
    """Whether one of the digits 0 to 9 stands in a text."""
    cdef Py_UCS4 letter
    for letter in text:
        if u"0" <= letter <= u"9":
            return True
    return False


def long_run(str text, Py_ssize_t length):
    """Whether so many letters, digits and signs of Base64 stand in a row (RFC 4648).

    A run is read from where its end would be: of words of prose most letters are passed over.
    """
    cdef Py_ssize_t first = 0, at
    while first + length <= len(text):
        at = first + length - 1
        while at >= first and in_base64(text[at]):
            at -= 1
        if at < first:
            return True
        first = at + 1
    return False


cdef inline bint in_base64(Py_UCS4 letter) noexcept:
    return letter < 128 and (
        u"a" <= letter <= u"z" or u"A" <= letter <= u"Z" or u"0" <= letter <= u"9"
        or letter in u"+/_-"
    )


cdef enum Step:
    NOWHERE, OPENED, BLANK_BEFORE, NAMED, NUMBERED, BLANK_BEHIND, ESCAPED


def placeholder(str text):
    """Whether a placeholder could stand in a text, in any form in which one is read.

    That is a name and a number in brackets of any kind; or a capital, a low line and a digit.
    """
    cdef Step step = NOWHERE
    cdef Py_UCS4 letter, last = 0, before = 0
    cdef bint small, capital, digit
    for letter in text:
        capital = u"A" <= letter <= u"Z"
        small = u"a" <= letter <= u"z"
        digit = u"0" <= letter <= u"9"
        if digit and (last == u"_" or last == u"\uff3f") and u"A" <= before <= u"Z":
            return True
        if letter in u"[({<\uff3b\u3010\uff08\uff5b\uff1c\u300c":
            step = OPENED
        elif step == NOWHERE:
            pass
        elif letter in u"])}>\uff3d\u3011\uff09\uff5d\uff1e\u300d":
            if step >= NUMBERED:
                return True
            step = NOWHERE
        elif small or capital:
            step = NAMED if step <= NAMED else NOWHERE
        elif digit:
            step = NUMBERED if step == NAMED or step == NUMBERED else NOWHERE
        elif letter == u" " and step == OPENED:
            step = BLANK_BEFORE
        elif letter == u" " and step == NUMBERED:
            step = BLANK_BEHIND
        elif letter == u"\\" and (step == NUMBERED or step == BLANK_BEHIND):
            step = ESCAPED
        elif step != NAMED or letter not in u"\\_ -\uff3f":
            step = NOWHERE
        before, last = last, letter
    return False
