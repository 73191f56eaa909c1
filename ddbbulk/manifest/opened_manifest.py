"""A manifest that is open: ours alone, of one table, whole lines only."""

import os
from collections.abc import Iterator
from typing import BinaryIO, Final, Self

import msgspec
from pydantic import ValidationError

from ddbbulk.errors import ConfigurationError
from ddbbulk.locked_file import LockedFile, explained
from ddbbulk.manifest.header import VERSION, ManifestHeader
from ddbbulk.manifest.record import END_LINE, OPEN_LINE
from ddbbulk.printable import printable
from ddbbulk.whole_lines import cut_torn_line, is_torn

# Of a file that is something else, no more than this is held to find out.
_MAX_LINE_BYTES: Final = 1024 * 1024
_BEGINNING: Final = b'{"manifest":"ddbbulk"'


class Creation(msgspec.Struct, frozen=True):
    """An item that a load has created, or another write of it.

    Args:
        key: in DynamoDB JSON.
        digest: of the item, in hexadecimal; None: the load has deleted it.
        is_certain: the load knows at first hand that it has written the item.
    """

    key: dict[str, dict[str, str]]
    digest: str | None
    is_certain: bool = True


class OpenedManifest:
    """A manifest, locked for this process, with its torn last line cut.

    Attributes:
        header: its first line; None while it is empty.
        is_whole: it tells of all that its load has created. Where that was killed, the
            service may have done writes whose answers never came.
    """

    def __init__(self, file: LockedFile) -> None:
        self.header: ManifestHeader | None = None
        self.is_whole = False
        self._file = file
        self._decoder = msgspec.json.Decoder(Creation)

    @classmethod
    def open(cls, path: str | os.PathLike[str], *, is_new_allowed: bool) -> Self:
        """Open the file and take it for this process.

        Args:
            path: where it is.
            is_new_allowed: it is made, for its owner only, where there is none.

        Raises:
            ConfigurationError: it is missing, no manifest, cannot be written, or
                another process has it.
        """
        file = LockedFile.open(path, what="manifest", is_new_allowed=is_new_allowed)
        opened = cls(file)
        try:
            with (
                explained(f"the manifest {file.name} cannot be opened"),
                file.stream() as stream,
            ):
                opened._mend(stream)
        except BaseException:
            opened.close()
            raise
        return opened

    @property
    def name(self) -> str:
        """How its user has named it, safe for a terminal."""
        return self._file.name

    def begin(self, header: ManifestHeader) -> None:
        """Make it a manifest that says nothing yet.

        Raises:
            ConfigurationError: it could not be written; the old one is as it was.
        """
        self._file.replace([header.line()])
        self.header = header

    def go_on(self) -> None:
        """Let it be open again, until the end of another load.

        Raises:
            ConfigurationError: it could not be written.
        """
        if self.is_whole:
            self._file.append(OPEN_LINE)

    def append(self, data: bytes) -> None:
        """Write whole lines to the end.

        Raises:
            ConfigurationError: they could not be written.
        """
        self._file.append(data)

    def sync(self) -> None:
        """Return once what was written would survive a loss of power.

        Raises:
            ConfigurationError: it could not be written.
        """
        self._file.sync()

    def close(self) -> None:
        """Give the file back."""
        self._file.close()

    def creations(self) -> Iterator[tuple[int, Creation]]:
        """Yield all that it says, with the numbers of the lines, from 2.

        Raises:
            ConfigurationError: a line is damaged, or the file cannot be read.
        """
        with (
            explained(f"the manifest {self.name} cannot be read"),
            self._file.path.open("rb") as stream,
        ):
            for number, line in enumerate(stream, 1):
                if number > 1 and line not in (END_LINE, OPEN_LINE):
                    yield number, self._creation(number, line)

    def _creation(self, number: int, line: bytes) -> Creation:
        try:
            return self._decoder.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise ConfigurationError(
                f"line {number:,} of the manifest {self.name} is damaged, so nothing "
                "is done by it: mend or remove that line"
            ) from None

    def _mend(self, stream: BinaryIO) -> None:
        first = stream.readline(_MAX_LINE_BYTES)
        if first.endswith(b"\n"):
            self.header = self._parsed(first)
            cut_torn_line(self._file, stream)
            stream.seek(max(0, stream.seek(0, os.SEEK_END) - len(END_LINE)))
            self.is_whole = stream.read() == END_LINE
        elif first and not (
            _BEGINNING.startswith(first[: len(_BEGINNING)]) and (is_torn(first))
        ):
            raise self._foreign()
        # What was killed before its header was whole has said nothing.

    def _parsed(self, line: bytes) -> ManifestHeader:
        try:
            header = ManifestHeader.model_validate_json(line)
        except ValidationError:
            raise self._foreign() from None
        if header.version != VERSION:
            raise ConfigurationError(
                f"the manifest {self.name} is of version {header.version}, and this "
                f"ddbbulk knows {VERSION}"
            )
        return header

    def _foreign(self) -> ConfigurationError:
        return ConfigurationError(
            f"{printable(self.name)} is no manifest of ddbbulk: name another file, or "
            "one that is not there yet"
        )
