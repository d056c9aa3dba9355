"""Names of the parts of office documents: what programs call them, and what people did."""

from __future__ import annotations

import re

_USUAL = frozenset(
    {
        "_rels", "activex", "app", "attachedtemplate", "audio", "authors", "bin", "calcchain",
        "chart", "charts", "chartstyle", "colors", "colorstyle", "comment", "commentauthors",
        "comments", "commentsextended", "commentsextensible", "commentsids", "connections",
        "content", "core", "ctrlprops", "ctrlprop", "custom", "customdata", "customproperty",
        "customproperties", "customui", "customxml", "customxmlpart", "dark", "data",
        "diagrams", "dialogsheets", "docprops", "document", "drawing", "drawings", "embeddings",
        "endnotes", "ext", "extended", "externallink", "externallinks", "features",
        "featurepropertybag", "font", "fonts", "fonttable", "footer", "footnotes", "glossary",
        "handoutmaster", "handoutmasters", "hdphoto", "header", "image", "ink", "inks", "item",
        "itemprops", "layout", "light", "macrosheets", "mappings", "media", "metadata",
        "microsoft", "model", "moderncomment", "namedsheetviews", "notesmaster", "notesmasters",
        "notesslide", "notesslides", "numbering", "people", "person", "persons", "pivotcache",
        "pivotcachedefinition", "pivotcacherecords", "pivottable", "pivottables", "ppt",
        "presentation", "presprops", "printersettings", "quickstyle", "querytable",
        "querytables", "rd", "rdarray", "rdrichvalue", "rdrichvaluestructure",
        "rdrichvaluetypes", "rdrichvaluewebimage", "rdsupportingpropertybag", "rels",
        "revisioninfo", "richdata", "richstyles", "richvaluerel", "settings", "sharedstrings",
        "sheet", "slide", "slidelayout", "slidelayouts", "slicer", "slicercache",
        "slicercaches", "slicers", "slidemaster", "slidemasters", "slides", "slideupdateinfo",
        "style", "styles", "styleswitheffects", "sxml", "table", "tables", "tablestyles", "tag",
        "tags", "taskpanes", "theme", "themeoverride", "threadedcomment", "threadedcomments",
        "thumbnail", "timeline", "timelinecache", "timelinecaches", "timelines", "types",
        "usershapes", "video", "viewprops", "vml", "vmldrawing", "volatiledependencies",
        "webextension", "webextensions", "websettings", "word", "workbook", "worksheets", "xl",
        "xmlmaps", "xmlsignatures",
    }
)  # fmt: skip
"""Folders and files of ECMA-376 and of what programs write beside it, in lower case."""

_WORD = re.compile(r"[^\W\d_]{3,}|\d{6,}")
_ENDING = re.compile(r"(?:\.[vx]ml)?\.\w{1,8}$")


def telling(name: str) -> bool:
    """Whether a part's name, with its folders, says anything that no program gave it."""
    pieces = (_ENDING.sub("", piece) for piece in name.replace("\\", "/").split("/"))
    return any(
        piece.lower() not in _USUAL and not _USUAL.issuperset(_WORD.findall(piece.lower()))
        for piece in pieces
        if piece not in ("", ".", "..")
    )
