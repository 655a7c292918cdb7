"""What can be read: every reader of one document, and every container of many, one line each."""

from __future__ import annotations

from kg.extract.compressed import BZIP2, GZIP, XZ, Compressed
from kg.extract.dataset import Dataset
from kg.extract.digitalwire import DigitalWireReader
from kg.extract.feed import FeedContainer, FeedReader
from kg.extract.html import HtmlReader
from kg.extract.jsonfeed import JsonFeedContainer, JsonFeedReader
from kg.extract.jsonl import JsonArray, JsonLines
from kg.extract.linked import JsonLdReader
from kg.extract.markdown import MarkdownReader
from kg.extract.newsml import NewsMessage, NewsMLReader
from kg.extract.newsml1 import NewsML1Reader
from kg.extract.ninjs import NinjsReader
from kg.extract.nitf import NitfReader
from kg.extract.page import PageReader
from kg.extract.record import RecordReader
from kg.extract.tar import TarArchive
from kg.extract.warc import Warc
from kg.extract.wordpress import WordPressContainer, WordPressReader
from kg.extract.zip import ZipArchive
from kg.plugins import Container, Reader

__all__ = ["CONTAINERS", "READERS"]

#: The readers, in order: on a tie the first one reads.
READERS: tuple[Reader, ...] = (
    PageReader(),
    FeedReader(),
    JsonFeedReader(),
    WordPressReader(),
    MarkdownReader(),
    RecordReader(),
    NewsMLReader(),
    NewsML1Reader(),
    NitfReader(),
    HtmlReader(),
    JsonLdReader(),
    NinjsReader(),
    DigitalWireReader(),
)

#: The containers; a reader that is surer goes first.
CONTAINERS: tuple[Container, ...] = (
    Dataset(),
    FeedContainer(),
    JsonFeedContainer(),
    WordPressContainer(),
    Warc(),
    NewsMessage(),
    ZipArchive(),
    TarArchive(),
    Compressed(GZIP),
    Compressed(BZIP2),
    Compressed(XZ),
    JsonLines(),
    JsonArray(),
)
