"""The portable subset: what a policy may be written with, so that both engines agree on it.

Each rule of the subset shuts out one way in which the embedded engine and OPA are known
to differ, or in which a policy could do harm; tests/contract/pdp/test_probes.py shows the
differences. Findings name the place, the rule, and what to write instead.
"""

from gateway.pdp.lint.findings import SUBSET, Finding
from gateway.pdp.lint.folder import GUARD, lint, lint_texts

__all__ = ["GUARD", "SUBSET", "Finding", "lint", "lint_texts"]
