"""Whether a value is plain: the part of JSON in which there is one way to write each value."""

cdef extern from "Python.h":
    bint PyUnicode_IS_ASCII(object text)


def check(value):
    """Look through `value`, which holds no container that holds itself.

    Raises:
        ValueError: something in it is no object, list, string, whole number, truth value or null
            of JSON's own types, or a key is not ASCII.
    """
    look(value)


cdef int look(value) except -1:
    cdef type kind = type(value)
    if kind is str or kind is int or kind is bool or value is None:
        return 0
    if kind is dict:
        for key, item in (<dict>value).items():
            if not PyUnicode_IS_ASCII(<str?>key):
                raise ValueError("a canonical key must be ASCII text")
            look(item)
    elif kind is list:
        for item in <list>value:
            look(item)
    else:
        raise ValueError(f"not canonical JSON: {kind.__name__}")
    return 0
