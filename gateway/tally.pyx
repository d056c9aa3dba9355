"""What a request counts, added up in C until it is settled into the metrics that show it.

Nothing runs between the reading and the writing of a number here, because the interpreter's lock is
held: so any thread may count, without a lock of ours and without a call of Python's. (A Python
without that lock takes it for as long as this module is loaded.)
"""

from cpython.time cimport perf_counter

cdef enum:
    MOST_BOUNDS = 32


cdef class Tally:
    """A count: what was added since it was last settled."""

    cdef object _into
    cdef double _noted

    def __init__(self, into):
        """Settled into `into`, by its `inc`."""
        self._into = into

    def inc(self, double amount=1):
        """Count `amount`.

        Raises:
            ValueError: it is negative, or no number.
        """
        if not amount >= 0:
            raise ValueError("a count only grows")
        self._noted += amount

    def settle(self):
        """Hand on what was counted; what is counted meanwhile is for the next time."""
        cdef double noted = self._noted
        if noted:
            self._noted = 0
            self._into.inc(noted)


cdef class Level(Tally):
    """How many there are just now: it also falls."""

    def dec(self):
        """One less."""
        self._noted -= 1


cdef class Spans:
    """Spans of time: their sum, and how many fell between which bounds."""

    cdef object _into
    cdef Py_ssize_t _size
    cdef double _sum
    cdef double[MOST_BOUNDS] _bounds
    cdef long long[MOST_BOUNDS] _noted

    def __init__(self, into, bounds):
        """Settled into `into`, by its `add`; a span belongs to the first bound not below it.

        `bounds` are seconds, rising; the last one is infinite.
        """
        self._into = into
        self._size = len(bounds)
        if not 0 < self._size <= MOST_BOUNDS or bounds[-1] != float("inf"):
            raise ValueError("a span has no place above the last bound")
        for at in range(self._size):
            self._bounds[at] = bounds[at]

    def observe(self, double seconds):
        """Note a span of so many seconds."""
        cdef Py_ssize_t at = 0
        while at < self._size - 1 and seconds > self._bounds[at]:
            at += 1
        self._sum += seconds
        self._noted[at] += 1

    def time(self):
        """A block's time: ``with spans.time(): ...``, however the block ends."""
        return Span(self)

    def settle(self):
        """Hand on what was noted: the sum of seconds, and a count for each bound."""
        cdef double seconds = self._sum
        cdef long long[MOST_BOUNDS] noted
        cdef long long taken = 0
        cdef Py_ssize_t at
        # All is taken before the first object is made: making one may let another thread run.
        self._sum = 0
        for at in range(self._size):
            noted[at] = self._noted[at]
            taken += noted[at]
            self._noted[at] = 0
        if taken:
            self._into.add(seconds, [noted[at] for at in range(self._size)])


cdef class Span:
    """The time from the beginning of a block to its end."""

    cdef Spans _spans
    cdef double _began

    def __init__(self, Spans spans):
        """Not begun."""
        self._spans = spans

    def __enter__(self):
        self._began = perf_counter()
        return self

    def __exit__(self, *_):
        self._spans.observe(perf_counter() - self._began)
