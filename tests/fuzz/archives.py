"""Archives of arrays taken to pieces and put together."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Iterable


def unpacked(data: bytes) -> list[tuple[str, bytes]]:
    """Names and contents of the members of a zip; none where it is damaged."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
            if sum(info.file_size for info in infos) > 1 << 22:
                return []
            return [(info.filename, archive.read(info)) for info in infos]
    except Exception:  # zipfile raises many kinds
        return []


def packed(members: Iterable[tuple[str, bytes]], *, deflated: bool) -> bytes:
    """A zip of members, of which several may have one name."""
    stream = io.BytesIO()
    how = zipfile.ZIP_DEFLATED if deflated else zipfile.ZIP_STORED
    with warnings.catch_warnings(), zipfile.ZipFile(stream, "w", how) as archive:
        warnings.simplefilter("ignore")  # a name that is there already
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name.encode("utf-8", "replace").decode() or "_"), content, how)
    return stream.getvalue()
