"""Parquet files; the only file that knows pyarrow, which is an extra: ``proviso-gateway[parquet]``.

Batches become row groups as they come, so that a log larger than memory can be written.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, BinaryIO

from gateway.audit.outflow import rows
from gateway.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gateway.audit.outflow.record import Record


def write(batches: Iterable[Sequence[Record]], file: BinaryIO) -> int:
    """Write every batch as a row group, zstd-compressed; how many rows.

    Raises:
        ConfigurationError: pyarrow is not installed.
    """
    arrow, parquet = _library()
    fields = [
        (name, arrow.int64() if name in rows.NUMBERS else arrow.string()) for name in rows.COLUMNS
    ]
    schema = arrow.schema(fields)
    count = 0
    with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        for batch in batches:
            writer.write_table(
                arrow.Table.from_pylist([rows.row(record) for record in batch], schema=schema)
            )
            count += len(batch)
    return count


def _library() -> tuple[Any, Any]:
    try:
        return import_module("pyarrow"), import_module("pyarrow.parquet")
    except ImportError as error:
        raise ConfigurationError("Parquet needs `pip install proviso-gateway[parquet]`.") from error
