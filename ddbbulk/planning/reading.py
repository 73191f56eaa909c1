"""How a source is read for a plan: all of it, or a sample of it."""

from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from random import Random
from typing import Final

from ddbbulk.planning.extrapolation import Extrapolation
from ddbbulk.planning.file_places import FilePlaces, NoPlacesError
from ddbbulk.planning.report import Sample
from ddbbulk.planning.survey import Survey
from ddbbulk.sources import GeneratorSource, ItemSource
from ddbbulk.sources.file_source import FileSource

# Enough to compare with one another, few enough that each is worth going to.
_FEWEST_PLACES: Final = 20
_MOST_PLACES: Final = 200
_ITEMS_A_PLACE: Final = 50

OnItems = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read, and what it says about the whole.

    Args:
        sample: how it was chosen; None: it is everything.
        length: how many items the source has, where that is certain.
    """

    survey: Survey
    extrapolation: Extrapolation
    sample: Sample | None
    length: int | None


class Reader:
    """Reads a source for a plan.

    Args:
        source: what is read.
        new_survey: makes one for a sample (True), or for everything.
        on_items: told how many items were read so far.
        dice: choose the places of a sample.
    """

    def __init__(
        self,
        source: ItemSource,
        *,
        new_survey: Callable[[bool], Survey],
        on_items: OnItems,
        dice: Random,
    ) -> None:
        self._source = source
        self._new_survey = new_survey
        self._on_items = on_items
        self._dice = dice
        self._count = 0

    async def read(self, sample: int | None) -> Reading:
        """Read everything, or about so many items.

        Raises:
            SourceError: the source failed.
            ConfigurationError: it cannot be opened.
        """
        length = self._source.length
        if sample is None or (length is not None and length <= sample):
            return await self._everything()
        places = min(max(sample // _ITEMS_A_PLACE, _FEWEST_PLACES), _MOST_PLACES)
        if length is not None:
            parts = self._source.split(min(places, sample))
            if len(parts) > 1:
                return await self._parts(parts, sample, length)
        if isinstance(self._source, FileSource):
            try:
                return await self._places(self._source, sample)
            except NoPlacesError:
                self._count = 0
        return await self._beginning(sample)

    async def _everything(self) -> Reading:
        survey = self._new_survey(False)
        async with aclosing(self._source.read()) as chunks:
            async for chunk in chunks:
                survey.add(chunk.items, chunk.start, chunk)
                self._counted(len(chunk.items))
        survey.end_block(self._count)
        return Reading(survey, Extrapolation([self._count]), None, self._count)

    async def _parts(
        self, parts: Sequence[ItemSource], sample: int, length: int
    ) -> Reading:
        """Read some items in each part of a source that can begin anywhere."""
        survey = self._new_survey(True)
        each = -(-sample // len(parts))
        for part in parts:
            read = await self._read_some(survey, part, self._start(part, each), each)
            survey.end_block(read)
        how = f"{len(parts):,} places spread over it"
        return self._sampled(survey, how, whole=length, length=length)

    def _start(self, part: ItemSource, count: int) -> int:
        """Return where to begin in a part: where that costs nothing, anywhere."""
        if not isinstance(part, GeneratorSource):
            return 0
        last = max(part.indexes.start, part.indexes.stop - count)
        return self._dice.randint(part.indexes.start, last)

    async def _places(self, source: FileSource, sample: int) -> Reading:
        """Read some pieces of files that can be read from any of their lines."""
        places = await FilePlaces.find(
            source, sample, most=_MOST_PLACES, fewest=_FEWEST_PLACES, dice=self._dice
        )
        if places is None:
            return await self._everything()
        survey = self._new_survey(True)
        for number in range(places.count):
            before = self._count
            async for items, position, origin in places.read(number):
                survey.add(items, position, origin)
                self._counted(len(items))
            if self._count > before:
                survey.end_block(places.bytes_read)
        how = f"{len(survey.blocks):,} places spread over its bytes"
        return self._sampled(survey, how, whole=places.total_bytes, length=None)

    async def _beginning(self, sample: int) -> Reading:
        """Read the first items of a source that can begin nowhere else."""
        survey = self._new_survey(True)
        each = -(-sample // _FEWEST_PLACES)
        is_whole = True
        begun = 0
        async with aclosing(self._source.read()) as chunks:
            async for chunk in chunks:
                if self._count >= sample:
                    is_whole = False
                    break
                wanted = chunk.between(
                    chunk.start,
                    chunk.start + min(len(chunk.items), sample - self._count),
                )
                survey.add(wanted.items, wanted.start, wanted)
                self._counted(len(wanted.items))
                is_whole = len(wanted.items) == len(chunk.items)
                if self._count - begun >= each:
                    survey.end_block(self._count - begun)
                    begun = self._count
        survey.end_block(self._count - begun)
        if is_whole:
            weights = [block.weight for block in survey.blocks]
            return Reading(survey, Extrapolation(weights), None, self._count)
        length = self._source.length
        how = "its beginning, so the bounds hold only if the rest is like it"
        return self._sampled(survey, how, whole=length, length=length)

    async def _read_some(
        self, survey: Survey, source: ItemSource, start: int, count: int
    ) -> int:
        read = 0
        async with aclosing(source.read(start)) as chunks:
            async for chunk in chunks:
                taken = min(len(chunk.items), count - read)
                wanted = chunk.between(chunk.start, chunk.start + taken)
                survey.add(wanted.items, wanted.start, wanted)
                self._counted(taken)
                read += taken
                if read >= count:
                    break
        return read

    def _counted(self, items: int) -> None:
        self._count += items
        self._on_items(self._count)

    def _sampled(
        self, survey: Survey, how: str, *, whole: int | None, length: int | None
    ) -> Reading:
        weights = [block.weight for block in survey.blocks]
        sample = Sample(items=self._count, how=how, is_extrapolated=whole is not None)
        return Reading(survey, Extrapolation(weights, whole=whole), sample, length)
