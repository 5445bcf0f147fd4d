"""Every bad input gets one clear message: what was given, what is wrong, what to do; and nothing is written."""

import contextlib
import functools
import gzip
import hashlib
import io
import json
import os
import pickle
import shlex
import signal
import sqlite3
import tempfile
import threading
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from tests.cli.run import SMALL, TINY, refuse, run, succeed
from wdcli.models.file import ARRAY, HEADER

GOOD = "x,y\n" + "1,a\n2,b\n" * 10
Content = str | bytes | Callable[[], bytes]


@dataclass(frozen=True)
class Bad:
    """What is wrong, the command, its exit status, words of its message, the files there, and limits set lower than usual."""

    what: str
    command: str
    status: int
    words: tuple[str, ...]
    files: Mapping[str, Content] = field(default_factory=dict)
    limits: Mapping[str, Any] = field(default_factory=dict)


def usage(what: str, command: str, *words: str, **files: Content) -> Bad:
    """Wrong usage: exit status 2."""
    return Bad(what, command, 2, words, files)


def table(what: str, content: Content, *words: str, name: str = "t.csv", options: str = "", status: int = 1) -> Bad:
    """A table that can't be learned from."""
    command = f"train --data {name} --hidden none --epochs 1 --csv out.csv --save out.model {options}"
    return Bad(what, command, status, words, {name: content})


def with_test_rows(what: str, content: Content, *words: str) -> Bad:
    """Test rows that don't go with the training rows."""
    command = "train --data t.csv --test-data new.csv --hidden none --epochs 1 --csv out.csv"
    return Bad(what, command, 1, words, {"t.csv": "x,c,y\n" + "1,r,a\n2,s,b\n" * 10, "new.csv": content})


def model(what: str, content: Content, *words: str, new: str = "x,c\n1,r\n") -> Bad:
    """A model that can't be used, or rows that don't go with it."""
    return Bad(what, "predict a.model --data new.csv --csv out.csv", 1, words, {"a.model": content, "new.csv": new})


def stored(what: str, content: Content, *words: str) -> list[Bad]:
    """A store that can't be used, named by a sweep and by each command that reads stores."""
    commands = [
        "sweep --rows 40 --hidden none --epochs 1 --lambdas 0,1 --folds 2 --seeds 1 --jobs 1",
        "runs list", "runs show 1", "runs rm 1", "runs export 1 --csv out.csv",
    ]  # fmt: skip
    return [
        Bad(f"{what} ({' '.join(command.split()[:2])})", f"{command} --store s.db", 1, words, {"s.db": content})
        for command in commands
    ]


@functools.cache
def saved() -> bytes:
    """A model of two columns, a number and a text."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.csv"
        path.write_text("x,c,y\n" + "1,r,a\n2,s,b\n3,t,a\n" * 10)
        succeed("train", "--data", path, "--hidden", "3", "--epochs", "1", "--quiet", "--save", Path(folder) / "m")
        return (Path(folder) / "m").read_bytes()


def forged(array: Callable[[np.ndarray], bytes] | None = None, **header: Any) -> Callable[[], bytes]:
    """The model with another array or header, and a digest that is right again."""

    def make() -> bytes:
        with zipfile.ZipFile(io.BytesIO(saved())) as archive:
            head, data = json.loads(archive.read(HEADER)), archive.read(ARRAY)
        if array:
            data = array(np.load(io.BytesIO(data)))
        head |= header
        plain = json.dumps({key: head[key] for key in head if key != "sha256"}, sort_keys=True)
        head["sha256"] = hashlib.sha256(plain.encode() + data).hexdigest()
        return zipped({HEADER: json.dumps(head).encode(), ARRAY: data})

    return make


def zipped(parts: Mapping[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return file.getvalue()


def npy(array: np.ndarray, allow_pickle: bool = False) -> bytes:
    file = io.BytesIO()
    np.save(file, array, allow_pickle=allow_pickle)
    return file.getvalue()


def claiming(numbers: int) -> bytes:
    """An array's header that claims so many numbers, and none of them."""
    text = f"{{'descr': '<f8', 'fortran_order': False, 'shape': ({numbers},), }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode()


def claimed(data: bytes) -> bytes:
    """A zip file whose directory claims that its first part takes a gigabyte of the file."""
    place = data.index(b"PK\x01\x02") + 20
    return data[:place] + (1 << 30).to_bytes(4, "little") + data[place + 4 :]


def parquet(**columns: Any) -> bytes:
    file = io.BytesIO()
    pl.DataFrame(columns).write_parquet(file)
    return file.getvalue()


def database(*statements: str) -> Callable[[], bytes]:
    """An SQLite file."""

    def make() -> bytes:
        with contextlib.closing(sqlite3.connect(":memory:")) as connection:
            for statement in statements:
                connection.execute(statement)
            return connection.serialize()

    return make


def flipped(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 0x10]) + data[place + 1 :]


OPTIONS = [
    # numbers
    usage("lambda nan", "train --lambd nan", "'--lambd'", "is not a finite number"),
    usage("lambda infinite", "train --lambd inf", "is not a finite number"),
    usage("lambda beyond the largest number", "train --lambd 1e400", "is not a finite number"),
    usage("lambda negative", "train --lambd -1", "at least 0"),
    usage("lambda with an underscore", "train --lambd 1_0", "is not a finite number"),
    usage("lambda hexadecimal", "train --lambd 0x10", "is not a finite number"),
    usage("lambda in Arabic digits", "train --lambd ١", "is not a finite number"),
    usage("lambda without a value", "train --lambd", "requires an argument"),
    usage("lambda too strong", "train --lambd 1e300", "too strong to compute with"),
    usage("noise negative", "train --noise -1", "at least 0"),
    usage("noise nan", "train --noise nan", "is not a finite number"),
    usage("noise too large", "train --noise 1e308", "too large"),
    usage("noise no share of labels", "train --data xor --noise 2", "share of labels"),
    usage("learning rate 0", "train --lr 0", "more than 0"),
    usage("learning rate negative", "train --lr -1", "more than 0"),
    usage("learning rate nan", "train --lr nan", "is not a finite number"),
    usage("momentum 1", "train --momentum 1", "less than 1"),
    usage("momentum negative", "train --momentum -0.1", "at least 0"),
    usage("l1 ratio over 1", "train --l1-ratio 2", "at most 1"),
    usage("one of several l1 ratios over 1", "sweep --l1-ratio 0.1,2", "a number from 0 to 1, or several"),
    usage("l1 ratio left empty", "sweep --l1-ratio 0.1,,0.2", "a number from 0 to 1, or several"),
    usage("too many l1 ratios", "sweep --l1-ratio " + ",".join(["0.5"] * 101), "101 values are more than 100"),
    usage("epochs 0", "train --epochs 0", "from 1 to"),
    usage("epochs with a fraction", "train --epochs 1.5", "is not a whole number"),
    usage("epochs with an exponent", "train --epochs 1e9", "is not a whole number"),
    usage("epochs with an underscore", "train --epochs 1_0", "is not a whole number"),
    usage("epochs too many", "train --epochs 9999999999", "out of range"),
    usage("seed negative", "train --seed -1", "out of range"),
    usage("seed over 64 bits", "train --seed 18446744073709551616", "out of range"),
    usage("seed of a thousand digits", "train --seed " + "9" * 1000, "out of range"),
    usage("seeds 0", "sweep --seeds 0", "from 1 to"),
    usage("jobs 0", "sweep --jobs 0", "from 1 to"),
    usage("memory in words", "sweep --memory lots", "such as 500M or 2G"),
    usage("memory without a unit", "sweep --memory 1", "such as 500M or 2G"),
    usage("memory too little", "sweep --memory 1M", "from 16M to 1024T"),
    usage("memory negative", "train --memory -1G", "such as 500M or 2G"),
    # the network
    usage("hidden 0", "train --hidden 0", "give the units of each hidden layer"),
    usage("hidden left empty", "train --hidden 64,,32", "give the units of each hidden layer"),
    usage("hidden negative", "train --hidden -4", "give the units of each hidden layer"),
    usage("hidden of 10^9 units", "train --hidden 1000000000", "GiB", "smaller --hidden"),
    usage("hidden of 10^17 units", "train --hidden " + "8" * 18, "GiB", "smaller --hidden"),
    usage("hidden of two large layers", "train --hidden 100000,100000", "GiB", "smaller --hidden"),
    usage("hidden layers too many", "train --hidden " + ",".join(["4"] * 101), "101 hidden layers"),
    usage("activation unknown", "train --activation gelu", "'relu'"),
    usage("dtype unknown", "train --dtype float16", "'float32'"),
    usage("preset misspelt", "train --preset articel", "'article'"),
    usage("layer 0", "train --decay-layers 0", "name layers from 1"),
    usage("layers backwards", "train --decay-layers 3-1", "name layers from 1"),
    usage("layer that isn't there", "train --decay-layers 9", "the network has 3"),
    # the penalty
    usage("penalty unknown", "train --penalty l3", "'l1', 'l2'"),
    usage("penalty empty", "train --penalty ''", "'l1', 'l2'"),
    usage("decay unknown", "train --decay coupld", "'coupled'"),
    usage("convention without that penalty", "train --convention sklearn --penalty l1", "has no l1 penalty"),
    usage("one penalty to compare", "compare l2", "at least two penalties"),
    usage("no penalty to compare", "compare", "Missing argument"),
    usage("unknown penalty to compare", "compare l2 l3", "is not a penalty"),
    usage("misspelt decay to compare", "compare l2 l2:decoupld", "Did you mean 'decoupled'"),
    usage("decay left out after the colon", "compare l1 l2:", "after the colon"),
    # rows and parts
    usage("batch 0", "train --batch-size 0", "from 1 to"),
    usage("batch over the rows", "train --batch-size 301", "more than the 90 training rows"),
    usage("test size 0", "train --test-size 0", "more than 0"),
    usage("test size 1", "train --test-size 1", "less than 1"),
    usage("test size over 1", "train --test-size 1.5", "less than 1"),
    usage("test size that leaves no row", "train --rows 8 --test-size 0.999", "leaves no rows to train on"),
    usage("rows too few", "train --rows 4", "at least 8 rows"),
    usage("rows too many", "train --rows 100000000", "at most"),
    usage("folds 1", "sweep --folds 1", "from 2 to"),
    usage("folds over the rows", "sweep --folds 301", "the number of training rows"),
    usage("folds in time over the rows", "sweep --folds-by time --folds 300", "one less than the training rows"),
    usage("folds by days", "sweep --folds-by day", "'rows', 'time'"),
    usage("groups of generated data", "sweep --groups x1", "has no groups"),
    usage("groups and time", "sweep --groups a --folds-by time", "can't be combined"),
    usage("early stopping without rows for it", "train --rows 8 --early-stopping", "a tenth of the rows"),
    usage("standard input twice", "train --data - --test-data -", "can't both be standard input"),
    usage("test rows for generated data", "train --test-data x.csv", "needs --data to be a file"),
    usage("a target for bundled data", "train --target x --data iris", "--target doesn't apply"),
    usage("rows of bundled data", "train --rows 10 --data iris", "--rows doesn't apply"),
    usage("noise of bundled data", "train --noise 0.1 --data iris", "--noise doesn't apply"),
    usage("regression of classes", "train --data iris --task regression", "is a classification"),
    # grids
    usage("lambdas empty", "sweep --lambdas ''", "values of at least 0"),
    usage("lambdas with a gap", "sweep --lambdas 1,,2", "values of at least 0"),
    usage("lambdas negative", "sweep --lambdas 1,-2", "values of at least 0"),
    usage("lambdas nan", "sweep --lambdas nan", "values of at least 0"),
    usage("log range from 0", "sweep --lambdas 0:1:5", "from a number above 0"),
    usage("range reversed", "sweep --lambdas 2:1:5", "from a number above 0"),
    usage("range of one point", "sweep --lambdas 1:2:1", "COUNT is from 2"),
    usage("range of 10^7 points", "sweep --lambdas 1:2:10000000", "COUNT is from 2"),
    usage("range without a count", "sweep --lambdas 1:2", "LO:HI:COUNT"),
    usage("range to infinity", "sweep --lambdas 1:inf:3", "LO:HI:COUNT"),
    usage("10,001 lambdas", "sweep --lambdas " + ",".join(["1"] * 10_001), "10,001 values are more than 10,000"),
    usage("lambdas too strong", "sweep --lambdas 0.1:1e308:3", "too strong to compute with"),
    usage("rule unknown", "sweep --rule max", "'paired', '1se', 'min'"),
    usage("path unknown", "sweep --path hot", "'cold', 'warm'"),
    usage("path order unknown", "sweep --path-order sideways", "'down', 'up'"),
    usage("converted lambda too large", "convert --lambd 1e308 --rows 10 --convention keras", "too large to convert"),
    usage("converted lambda too small", "convert --lambd 1e-320 --rows 10", "too small to convert"),
    usage("converting without rows", "convert --lambd 1", "Missing option '--rows'"),
    usage("converting a batch over the rows", "convert --lambd 1 --rows 10 --batch-size 11", "more than --rows"),
    # names and paths
    usage("command misspelt", "trian", "Did you mean 'train'"),
    usage("command of a group misspelt", "data sho", "Did you mean 'show'"),
    usage("command of runs misspelt", "runs lst", "Did you mean 'list'"),
    usage("option misspelt", "train --lamdb 1", "--lambd"),
    usage("an argument too many", "train extra", "unexpected extra argument"),
    usage("a flag with a value", "train --json=1", "does not take a value"),
    usage("generator misspelt", "data make mons", "Did you mean 'moons'"),
    usage("a suffix that can't be written", "data make moons x.tsv", "ends in .csv or .parquet"),
    usage("a path that is empty", "train --data ''", "it is empty"),
    usage("a path of blanks", "train --save ' '", "it is empty"),
    usage("a path with NUL", "train --data a\0b", "holds a NUL"),
    usage("an output with NUL", "train --csv a\0b", "holds a NUL"),
    usage("a configuration with NUL", "train --config a\0b", "holds a NUL"),
    usage("a model with NUL", "predict a\0b --data iris", "holds a NUL"),
    usage("a store with NUL", "runs list --store a\0b", "holds a NUL"),
    usage("predicting without rows", "predict a.model", "Missing option '--data'"),
    usage("a run's number that is none", "runs show first", "neither a whole number nor 'last'"),
    usage("a configuration that isn't there", "train --config no.toml", "no such file"),
    usage("two results to stdout", "train --csv - --json", "both write to standard output"),
    usage("a model to stdout", "train --save -", "takes the name of a file"),
    usage("a model to stdout by its path", "train --save /dev/stdout --force", "takes the name of a file"),
    usage("two outputs of one name", "train --csv a --save ./a", "same file"),
    usage("output over its input", "train --data t.csv --csv ./t.csv --force", "is also an input file", **{"t.csv": GOOD}),
    Bad("output that exists", "train --csv out.csv", 1, ("exists", "--force"), {"out.csv": "mine"}),
    Bad("output into no directory", "train --csv no/out.csv", 1, ("does not exist",)),
    Bad("output that is a directory", "train --save .", 1, ("is a directory",)),
    # files of options
    *(
        usage(f"configuration: {what}", "train --rows 40 --config c.toml", *words, **{"c.toml": content})
        for what, content, *words in [
            ("no TOML", "epochs = ", "is not TOML"),
            ("not UTF-8", b"epochs = '\xe9'", "is not TOML"),
            ("nested without end", "a = " + "[" * 100_000, "is not TOML"),
            ("unknown key", "epocs = 3", "there is no option 'epocs'. Did you mean 'epochs'"),
            ("bool for a number", "epochs = true", "takes a number or text"),
            ("number for a bool", "json = 1", "takes true or false"),
            ("list for a number", "epochs = [2]", "takes a number or text"),
            ("fraction for a whole number", "epochs = 1.5", "'epochs' in the configuration file", "not a whole number"),
            ("not a number", "lambd = nan", "'lambd' in the configuration file", "is not a finite number"),
            ("5,000 digits", "epochs = " + "9" * 5000, "is not TOML"),
            ("5,000 hexadecimal digits", "epochs = 0x" + "f" * 5000, "epochs holds an integer that is too large"),
            ("a list with 5,000 hexadecimal digits", "hidden = [0x" + "f" * 5000 + "]", "too large"),
            ("a table", "[train]\nepochs = 2", "no option 'train'"),
        ]
    ),
]  # fmt: skip
LINES = "".join(f"{i},{i}\n" for i in range(40))
FLAT = "Each line is one flat JSON object"
DATA = [
    # shape
    table("empty", "", "is empty"),
    table("blank lines alone", "\n \n\n", "is empty"),
    table("empty within gzip", gzip.compress(b""), "is empty", name="t.csv.gz"),
    table("header only", "x,y\n", "header but no rows"),
    table("numbers as header", "1,2\n3,4\n5,6\n", "first line holds numbers", "Add a header line"),
    table("short row", "x,y\n1,a\n2\n", "line 3: 1 cell, but the header names 2"),
    table("long row", "x,y\n1,a,3\n2,b\n", "line 2: 3 cells"),
    table("a name twice", "x,x,y\n1,1,a\n2,2,b\n", "more than one column named 'x'"),
    table("a name twice but for a blank", "x, x,y\n1,1,a\n2,2,b\n", "more than one column named 'x'"),
    table("quote left open", 'x,y\n1,"a\n2,b\n', "quotation mark"),
    table("a cell of 200,000 letters", "x,y\n1," + "a" * 200_000 + "\n", "line 2: a cell is too long"),
    table("text after a quoted cell", 'x,y\n"1"a,b\n', "line 2: text follows the end of a quoted cell"),
    table("text after a quoted name", b'"\r",c1', "quoted cell", name="t.tsv"),
    table("row numbers alone", ",\n0,0\n1,1\n2,2\n", "no column besides its row numbers"),
    table("one column", "y\na\nb\na\nb\n", "one column", "nothing to learn from"),
    table("separated by blanks", "x y\n1 a\n2 b\n", "one column, the target 'x y'"),
    table("separators alone", ",,\n,,\n", "no value in any row"),
    table("100,000 columns", ",".join(f"x{i}" for i in range(99_999)) + ",y\n", "100,000 columns, more than 20,000"),
    table("30,000 keys", json.dumps({f"x{i}": 1 for i in range(30_000)}), "30,000 columns", name="t.jsonl"),
    Bad(
        "one-hot blow-up", "train --data t.csv --max-categories 999 --hidden none --epochs 1", 1,
        ("after one-hot encoding need more than",),
        {"t.csv": "c,y\n" + "".join(f"c{i // 2},{'ab'[i % 2]}\n" for i in range(400))},
        {"wdcli.data.encoding.MAX_BYTES": 100_000},
    ),
    # encoding and format
    table("UTF-16", GOOD.encode("utf-16"), "UTF-16", "save it as UTF-8"),
    table("UTF-16 without its mark", GOOD.encode("utf-16-le"), "UTF-16", "save it as UTF-8"),
    table("Latin-1", "x,y\n1,caf\xe9\n".encode("latin-1"), "line 2: byte 0xe9 is not UTF-8"),
    table("NUL byte", b"x,y\n1,a\n2,\0\n", "line 3: a NUL byte"),
    table("binary", bytes(range(1, 256)), "is not UTF-8"),
    table("PNG", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a NUL byte"),
    table("HTML page", "<!DOCTYPE html><html></html>", "is an HTML page"),
    table("HTML without its declaration", "<head><title>Not found, sorry</title></head>\n", "is an HTML page"),
    table("XML", "<?xml version='1.0'?><a/>", "HTML page or XML"),
    table("Excel workbook", zipped({"xl/workbook.xml": b"<a/>"}), "an Excel workbook", "CSV", name="t.xlsx"),
    table("PDF", b"%PDF-1.4\n1 0 obj\n", "a PDF document"),
    table("database", database("CREATE TABLE t (x)"), "an SQLite database"),
    table("bzip2", b"BZh91AY&SY", "compressed with bzip2"),
    table("JSON lines called CSV", '{"x":1,"y":"a"}\n', "JSON lines", ".jsonl"),
    table("CSV called JSON lines", GOOD, "line 1: this is not JSON", FLAT, name="t.jsonl"),
    table("CSV called Parquet", GOOD, "is not a Parquet file", name="t.parquet"),
    table("truncated Parquet", parquet(x=[1, 2], y=["a", "b"])[:-20], "is not a Parquet file", name="t.parquet"),
    table("half of a Parquet file", parquet(x=[1, 2], y=["a", "b"])[:99], "Parquet", "damaged", name="t.parquet"),
    table("Parquet with lists", parquet(x=[[1], [2]], y=["a", "b"]), "column 'x': cells of type List", name="t.parquet"),
    table("Parquet with infinity", parquet(x=[1.0, np.inf], y=["a", "b"]), "row 2, column 'x'", name="t.parquet"),
    table("Parquet without rows", parquet(x=[], y=[]), "no rows", name="t.parquet"),
    table("Parquet without columns", parquet(), "has no columns", name="t.parquet"),
    table("truncated gzip", gzip.compress(GOOD.encode())[:-12], "truncated gzip", name="t.csv.gz"),
    table("damaged gzip", gzip.compress(GOOD.encode())[:10] + b"\xff" * 20, "damaged gzip", name="t.csv.gz"),
    table("gzip of gzip", gzip.compress(gzip.compress(GOOD.encode())), "NUL byte", name="t.csv.gz"),
    Bad(
        "gzip bomb", "train --data t.csv.gz --memory 16M", 1, ("takes more than", "16 MiB is allowed", "--memory"),
        {"t.csv.gz": gzip.compress(b"x,y\n" + b"1,2\n" * 2_000_000)},
    ),
    Bad(
        "file too large", "train --data t.csv --memory 16M", 1, ("takes about", "Give a sample"),
        {"t.csv": "x,y\n" + "1,2\n" * 500_000},
    ),
    # JSON lines
    table("JSON line cut off", '{"a":1}\n{"a":\n', "line 2: this is not JSON", name="t.jsonl"),
    table("JSON list", "[1,2]\n", "line 1: this is not a JSON object", name="t.jsonl"),
    table("JSON nested", '{"a":{"b":1}}\n', "a value is itself a list or an object", name="t.jsonl"),
    table("JSON nested without end", '{"a":' + "[" * 100_000, "this is not JSON", name="t.jsonl"),
    table("JSON key twice", '{"a":1,"a":2}\n', "a name occurs twice", name="t.jsonl"),
    table("JSON lone surrogate", '{"a":"\\ud800"}\n', "lone surrogate", name="t.jsonl"),
    table("JSON infinity", '{"a":1,"y":1}\n{"a":Infinity,"y":2}\n', "line 2, column 'a'", "infinite", name="t.jsonl"),
    table("JSON number of 5,000 digits", '{"a":1' + "0" * 5000 + "}\n", "line 1, column 'a'", "infinite", name="t.jsonl"),
    table("JSON NaN alone", '{"a":NaN,"y":1}\n{"a":NaN,"y":2}\n', "column 'a' has no values", name="t.jsonl"),
    table("JSON empty objects", "{}\n{}\n", "has no columns", name="t.jsonl"),
    table("JSON document", '[{"x":1},\n{"x":2}]', FLAT, name="t.json"),
    # cells
    table("infinity", "x,y\n1,a\ninf,b\n1,a\n2,b\n", "line 3, column 'x': the value is infinite"),
    table("number too large", "x,y\n1,a\n1e400,b\n1,a\n2,b\n", "line 3, column 'x'", "too large for a number"),
    table("number of 400 digits", "x,y\n" + "1" * 400 + ",a\n2,b\n3,a\n4,b\n", "line 2, column 'x'", "too large"),
    table("one bad cell", f"x,y\n{LINES}oops,1\n", "line 42, column 'x': 'oops' is not a number"),
    table("n/a spelt otherwise", f"x,y\n{LINES}n.a.,1\n", "line 42, column 'x': 'n.a.' is not a number"),
    table("decimal comma", "x;y\n1,5;a\n2,5;b\n", "line 2, column 'x': '1,5' has a comma within a number"),
    table("comma in quotes", 'x,y\n"0,500",a\n"12,500",b\n', "comma within a number", "--decimal ,", "--thousands ,"),
    table("some commas", 'x,y\n294,a\n"12,5",b\n7,a\n', "line 3, column 'x': '12,5' has a comma"),
    table("thousands without quotes", "x,y\n1,500,a\n2,500,b\n", "line 2: 3 cells", "quote cells that hold a ','"),
    table("dates mixed", "d,y\n" + "2020-01-01,a\n" * 40 + "01/02/2020,b\n", "'01/02/2020' is not a date"),
    table("scales too large", "x,y\n" + "1e300,a\n2e300,b\n" * 2, "too large to train", options="--no-scale-features"),
    table("a foreign name in the message", "x,y\n" + "1,a\n" * 5 + "2,b\n" * 5 + "3,\x1b[31mz\n", "\ufffd[31mz"),
    # columns
    table("a column all missing", "x,z,y\n1,,a\n2,,b\n3,,a\n4,,b\n", "column 'z' has no values"),
    table("all columns constant", "c,y\n1,a\n1,b\n1,a\n1,b\n", "No column is left to learn from"),
    table("all columns identifiers", "c,y\n" + "".join(f"id{i},{'ab'[i % 2]}\n" for i in range(20)), "No column is left"),
    # target
    table("one row", "x,y\n1,2.5\n", "1 row leaves no rows to train on", status=2),
    table("two rows of two classes", "x,y\n1,a\n2,b\n", "2 of 2 classes have one row"),
    table("target absent", "width,species\n1,a\n", "Did you mean 'species'", options="--target speices", status=2),
    table("target far from any name", GOOD, "Its columns are x, y", options="--target price", status=2),
    table("target empty", GOOD, "it is empty", options="--target ''", status=2),
    table("target with an escape", GOOD, "\ufffd[31m", options="--target '\x1b[31m'", status=2),
    table("target all missing", "x,y\n1,\n2,NA\n3,nan\n", "the target 'y' has no value in any row"),
    table("target constant", "x,y\n1,a\n2,a\n3,a\n", "one value in every row"),
    table("number to predict constant", "x,y\n" + "1,2.5\n2,2.5\n" * 9, "one value", options="--task regression"),
    table("target infinite", "x,y\n1,inf\n2,3\n3,4\n", "line 2, column 'y': the value is infinite"),
    table("target a date", "x,y\n1,2020-01-01\n2,2021-01-01\n", "is a date"),
    table("target an identifier", "x,y\n" + "".join(f"{i},id{i}\n" for i in range(40)), "identifiers"),
    table("over 1,000 classes", "x,y\n" + "".join(f"{i},c{i // 2}\n" for i in range(2100)), "is it an identifier?"),
    table("a class seen once", "x,y\n1,a\n2,a\n3,a\n4,b\n", "class 'b' has one row"),
    table("text to predict as a number", GOOD, "is text", "needs numbers", options="--task regression"),
    table("numbers too many for classes", f"x,y\n{LINES}", "classes have one row", options="--task classification"),
    table("target that is the group", GOOD, "is the target", options="--target y --groups y", status=2),
    table("groups absent", GOOD, "is not a column", options="--groups z", status=2),
    table("a row without group", "g,x,y\n,1,a\n" + "1,2,b\n2,3,a\n" * 9, "every row needs a group", options="--groups g"),
    # test rows
    with_test_rows("test rows of a class that training has not", "x,c,y\n1,r,a\n2,s,z\n", "has the class 'z'"),
    with_test_rows("test rows without a column", "x,y\n1,a\n", "lacks the column 'c'"),
    with_test_rows("test rows without the target", "x,c\n1,r\n", "lacks the column 'y'"),
    with_test_rows("test rows with text for a number", "x,c,y\n1,r,a\noops,r,a\n", "line 3, column 'x': 'oops'"),
    with_test_rows("test rows none", "x,c,y\n", "header but no rows"),
    with_test_rows("test rows without a value of the target", "x,c,y\n1,r,\n", "no row with a value of 'y'"),
    # what is not a file
    Bad("no such file", "train --data no.csv", 1, ("no such file",)),
    Bad("no such test rows", "train --data t.csv --test-data no.csv", 1, ("no such file",), {"t.csv": GOOD}),
    Bad("a name misspelt", "train --data moon", 1, ("Did you mean 'moons'",)),
    Bad("a directory", "train --data .", 1, ("is a directory",)),
    Bad("a device", "train --data /dev/zero", 1, ("is a device",)),
    Bad("an address", "train --data https://example.org/a.csv", 1, ("is an address", "download")),
    Bad("a directory for the test rows", "train --data t.csv --test-data .", 1, ("is a directory",), {"t.csv": GOOD}),
    Bad("a path too long", "train --data " + "x" * 5000 + ".csv", 1, ("can't be read",)),
]  # fmt: skip
NUMBER = {"column": "x", "kind": "number", "fill": 0.0, "mean": 0.0, "scale": 1.0, "missing": False}
NETWORK = {"sizes": [6, 3, 1], "activation": "relu", "loss": "binary-cross-entropy"}
NO_MODEL = "no model that wdcli saved"
MODELS = [
    Bad("no such model", "predict no.model --data iris", 1, ("no such file",)),
    Bad("a directory as a model", "predict . --data iris", 1, ("is a directory",)),
    Bad("a device as a model", "predict /dev/zero --data iris", 1, ("is a device",)),
    model("model empty", b"", NO_MODEL),
    model("model of text", "some text", NO_MODEL),
    model("model a pickle", pickle.dumps({"a": 1}), NO_MODEL),
    model("model an array", npy(np.ones(3)), NO_MODEL),
    model("model an npz of another program", zipped({"weights.npy": npy(np.ones(3))}), NO_MODEL),
    model("model truncated", lambda: saved()[:-30], NO_MODEL),
    model("model half copied", lambda: saved()[: len(saved()) // 2], NO_MODEL),
    model("model with a flipped bit in a weight", lambda: flipped(saved(), saved().rindex(b"\x93NUMPY") + 140), NO_MODEL),
    model("model with an altered header", lambda: zipped({HEADER: b"{}", ARRAY: b""}), "use the wdcli that saved it"),
    model("model's header a list", lambda: zipped({HEADER: b"[]", ARRAY: b""}), NO_MODEL),
    model("model's header nested without end", zipped({HEADER: b"[" * 100_000, ARRAY: b""}), NO_MODEL),
    model("model a zip bomb", zipped({HEADER: b"{}", ARRAY: bytes(1 << 22)}, zipfile.ZIP_DEFLATED), NO_MODEL),
    model("model of a newer format", forged(format="wdcli.model/99"), "wdcli.model/6", "use the wdcli that saved it"),
    model("model of an object array", forged(lambda a: npy(a.astype(object), True)), "damaged"),
    model("model of a pickle within", forged(lambda a: pickle.dumps([1])), "not a complete model"),
    model("model that claims 10^11 weights", forged(lambda a: claiming(10**11)), "damaged"),
    model("model whose array's header breaks off", forged(lambda a: b"\x93NUMPY\x01\x00v\x00{'descr': ".ljust(128)), "damaged"),
    model("model with a scale of 0", forged(encoding=[NUMBER | {"scale": 0.0}]), "rule is damaged"),
    model("model with a rule twice", forged(encoding=[NUMBER, NUMBER]), "rule is damaged"),
    model("model with an infinite scale of the target", forged(target_scale={"mean": 0, "scale": np.inf}), "part target_scale"),
    model("model whose parts claim a gigabyte", lambda: claimed(saved()), NO_MODEL),
    model("model of NaN weights", forged(lambda a: npy(a * np.nan)), "not finite"),
    model("model with a weight too few", forged(lambda a: npy(a[1:])), "don't fit together"),
    model("model of sizes below 0", forged(network=NETWORK | {"sizes": [1, -10, -10, 3]}), "part network is damaged"),
    model("model with a list for a scale of the target", forged(target_scale={"mean": 0, "scale": [1]}), "part target_scale"),
    model("model with a number beyond floats", forged(target_scale={"mean": 10**400, "scale": 1}), "part target_scale"),
    model("model with a class twice", forged(class_names=["a", "a"]), "part class_names is damaged"),
    model("model with more in its header", forged(more=1), "part more is damaged"),
    model("model of an unknown activation", forged(network={"sizes": [1], "activation": "x", "loss": "y"}), "part network"),
    model("model without a network", forged(network=None), "not a complete model"),
    model("model with an unknown rule", forged(encoding=[{"kind": "text"}]), "not a complete model"),
    model("new rows without a column", saved, "lacks 'c'", "trained on 'x', 'c'", new="x\n1\n"),
    model("new rows of wrong columns", saved, "lacks 'x', 'c'", new="a,b\n1,2\n"),
    model("new rows with text for a number", saved, "line 2, column 'x': 'oops' is not a number", new="x,c\noops,r\n"),
    model("new rows none", saved, "header but no rows", new="x,c\n"),
    model("new rows infinite", saved, "line 2, column 'x': the value is infinite", new="x,c\ninf,r\n"),
    model("new rows near the largest number", saved, "inf after scaling, too large to train on", new="x,c\n1.7e308,r\n"),
    model("new rows too far off", saved, "too large to train on", new="x,c\n1e300,r\n"),
    Bad("no such new rows", "predict a.model --data no.csv", 1, ("no such file",), {"a.model": saved}),
]  # fmt: skip
STORES = [
    *stored("a text file as a store", "some text, not a database, but long enough for one\n" * 40, "is not a database"),
    *stored("another program's database", database("CREATE TABLE t (x)"), "not a store of wdcli", "--store"),
    *stored(
        "a store of a newer wdcli",
        database(f"PRAGMA application_id={0x7764636C}", "PRAGMA user_version=99", "CREATE TABLE lanes (id)"),
        "made by a newer wdcli", "99",
    ),
    *stored(
        "a truncated store",
        lambda: database(f"PRAGMA application_id={0x7764636C}", "CREATE TABLE t (x)", "CREATE TABLE u (x)")()[:5000],
        "is damaged",
    ),
    *(Bad(f"no store ({command})", f"{command} --store no.db", 1, ("there is no store", "--store"))
      for command in ("runs list", "runs show 1", "runs rm 1", "runs export 1")),
    *(Bad(f"a directory as a store ({command})", f"{command} --store .", 1, ("can't be opened",))
      for command in ("sweep --rows 40", "runs list", "runs show 1", "runs rm 1", "runs export 1")),
]  # fmt: skip
CASES = [*OPTIONS, *DATA, *MODELS, *STORES]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.what)
def test_a_bad_input_is_named_and_nothing_is_written(tmp_path, monkeypatch, case):
    monkeypatch.chdir(tmp_path)
    for name, content in case.files.items():
        made = content() if callable(content) else content
        (tmp_path / name).write_bytes(made.encode() if isinstance(made, str) else made)
    for name, value in case.limits.items():
        monkeypatch.setattr(name, value)
    before = contents(tmp_path)
    message = refuse(case.status, *shlex.split(case.command))
    for words in case.words:
        assert words in message
    assert "\x1b" not in message
    assert contents(tmp_path) == before


def test_every_bad_input_has_a_name_of_its_own():
    assert len({case.what for case in CASES}) == len(CASES)


FINE = {
    "quoted newline": ('x,c,y\n' + '1,"r\n2",a\n2,s,b\n' * 9, ""),
    "byte order mark": ("\ufeff" + GOOD, ""),
    "CRLF": (GOOD.replace("\n", "\r\n"), ""),
    "CR": (GOOD.replace("\n", "\r"), ""),
    "no last newline": (GOOD.rstrip("\n"), ""),
    "semicolons": (GOOD.replace(",", ";"), "columns are separated by ';'"),
    "bars": (GOOD.replace(",", "|"), "columns are separated by '|'"),
    "tabs": (GOOD.replace(",", "\t"), ""),
    "gzip whatever the name": (gzip.compress(GOOD.encode()), ""),
    "Parquet whatever the name": (parquet(x=[1, 2] * 10, y=["a", "b"] * 10), ""),
    "more features than rows": (
        ",".join(f"x{i}" for i in range(50)) + ",y\n"
        + "".join(",".join(str(i * j % 7) for i in range(50)) + f",{'ab'[j % 2]}\n" for j in range(8)),
        "8 columns left out, constant",
    ),
    "a constant column": ("c,x,y\n" + "1,1,a\n1,2,b\n" * 9, "1 column left out, constant: c"),
    "an identifier": ("c,x,y\n" + "".join(f"id{i},{i},{'ab'[i % 2]}\n" for i in range(20)), "(an identifier?): c"),
    "the target missing in some rows": (GOOD + "3,\n4,NA\n", "2 rows of 22 without a value of y left out"),
    "mixed types": ("x,y\n" + "1,a\nfoo,b\n2020-01-01,a\ntrue,b\n" * 5, ""),
    "mixed time zones": ("d,y\n" + "2020-01-01T00:00:00Z,a\n2020-01-01T00:00:00-09:00,b\n2020-01-02 00:00,b\n" * 9, ""),
    "integers of 30 digits": ("x,y\n" + "".join(f"{10**30 + i * 10**28},{'ab'[i % 2]}\n" for i in range(20)), ""),
    "numbers near the largest": ("x,y\n" + "1e308,a\n-1e308,b\n" * 9, ""),
    "numbers near the smallest": ("x,y\n" + "1e-300,1e-310\n2e-300,3e-310\n3e-300,2.5e-310\n" * 9, ""),
    "a control character within a cell": ("x,y\n" + "1\x0b,a\n2\x85,b\n3\u2028,a\n4,b\n" * 5, ""),
}  # fmt: skip


@pytest.mark.parametrize("what", FINE)
def test_what_is_only_unusual_is_read_and_said(tmp_path, what):
    content, note = FINE[what]
    path = tmp_path / "t.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    done = succeed("train", "--data", path, "--hidden", "none", "--epochs", "1")
    assert note in done.stderr


OPTIONS_THAT_ARE_FINE = {
    "lambda minus zero": "train --lambd -0.0",
    "penalty in capitals": "train --penalty L2",
    "lambda twice": "sweep --lambdas 0,1,1 --folds 2 --seeds 1 --jobs 1",
}


@pytest.mark.parametrize("what", OPTIONS_THAT_ARE_FINE)
def test_an_unusual_spelling_of_an_option_is_understood(what):
    done = succeed(*shlex.split(OPTIONS_THAT_ARE_FINE[what]), *SMALL)
    assert ("more than once" in done.stderr) == (what == "lambda twice")


@pytest.mark.parametrize(
    "new",
    ["x,c\n1,r\n2,s\n", "c,x\nr,1\ns,2\n", "extra,c,y,x\n9,r,a,1\n8,s,b,2\n", "x,c\n1,never seen\n", "x,c\n,\n"],
    ids=["as trained", "another order", "more columns", "a category never seen", "missing cells"],
)
def test_a_model_predicts_rows_by_their_columns_names(tmp_path, new):
    paths = {"a.model": saved(), "new.csv": new.encode(), "plain.csv": b"x,c\n1,r\n2,s\n"}
    for name, content in paths.items():
        (tmp_path / name).write_bytes(content)
    lines = succeed("predict", tmp_path / "a.model", "--data", tmp_path / "new.csv").stdout.splitlines()
    plain = succeed("predict", tmp_path / "a.model", "--data", tmp_path / "plain.csv").stdout.splitlines()
    assert len(lines) == new.count("\n")
    assert lines == plain or "r" not in new.replace("never", "")


def test_a_pipe_is_read_as_a_file_is(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_text, args=(GOOD,))
    writer.start()
    succeed("train", "--data", path, *TINY)
    writer.join()


def test_a_learning_rate_that_diverges_fails(tmp_path):
    message = refuse(
        1, "train", "--data", "friedman1", "--rows", 40, "--optimizer", "sgd", "--lr", 50, "--save", tmp_path / "m"
    )
    assert "Training diverged" in message
    assert "Lower --lr" in message
    assert not list(tmp_path.iterdir())
    done = run("train", "--data", "friedman1", "--rows", 40, "--optimizer", "sgd", "--lr", 50, "--json")
    found = json.loads(done.stdout)["result"]
    assert (done.exit_code, found["status"], found["train_loss"], found["layers"]) == (1, "diverged", None, [])
    assert "diverged at every lambda" in refuse(
        1,
        "sweep",
        "--data",
        "friedman1",
        "--rows",
        40,
        "--optimizer",
        "sgd",
        "--lr",
        50,
        "--lambdas",
        "0,1",
        "--jobs",
        1,
        "--quiet",
    )


def test_nothing_that_exists_is_overwritten_without_force(tmp_path):
    path = tmp_path / "out.csv"
    path.write_text("mine")
    assert "exists" in refuse(1, "train", *SMALL, "--csv", path)
    assert path.read_text() == "mine"
    succeed("train", *SMALL, "--csv", path, "--force")
    assert path.read_text().startswith("lambda,")
    assert [p.name for p in tmp_path.iterdir()] == ["out.csv"]


def test_no_output_replaces_what_is_read_or_what_is_not_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    table, model, settings = tmp_path / "t.csv", tmp_path / "m", tmp_path / "c.toml"
    table.write_text(GOOD)
    settings.write_text("epochs = 2\n")
    succeed("train", "--data", table, *TINY, "--save", model)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    for args in (
        ["train", "--data", "t.csv", "--csv", table],
        ["train", "--data", table, "--test-data", table, "--save", "./t.csv"],
        ["train", "--config", settings, "--csv", "./c.toml"],
        ["predict", model, "--data", table, "--csv", "./m"],
    ):
        assert "is also an input file" in refuse(2, *args, "--force")
    assert "same file" in refuse(2, "train", *SMALL, "--save", "z", "--csv", "./z")
    os.mkfifo("pipe")
    assert "is a device" in refuse(1, "train", *SMALL, "--save", "pipe", "--force")
    assert "is a device" in refuse(1, "predict", "pipe", "--data", table)
    assert "is a device" in refuse(2, "train", *SMALL, "--config", "pipe")
    (tmp_path / "pipe").unlink()
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_with_force_what_a_link_points_to_is_overwritten_and_the_link_stays(tmp_path):
    real, link = tmp_path / "real.csv", tmp_path / "link.csv"
    real.write_text("old")
    link.symlink_to(real)
    assert "exists" in refuse(1, "train", *SMALL, "--csv", link)
    succeed("train", *SMALL, "--csv", link, "--force")
    assert link.is_symlink()
    assert real.read_text().startswith("lambda,")


def test_a_bad_variable_is_named():
    assert "WDCLI_LAMBD" in refuse(2, "train", *SMALL, env={"WDCLI_LAMBD": "much"})


def test_foreign_text_cannot_drive_the_terminal(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("\x1b[31mred,[b]bold[/b],y\n" + "1,2,a\x1b[2J\n3,5,[/x]\n" * 10)
    for args in (["train", *TINY], ["data", "show"]):
        command = [args[0], "--data", path, *args[1:]] if args[0] == "train" else [*args, path]
        done = succeed(*command)
        assert "\x1b" not in done.stdout + done.stderr
        assert refuse(2, "train", "--data", path, "--target", "\x1b[31mre").count("\x1b") == 0


@pytest.mark.parametrize("error, status", [(KeyboardInterrupt, 130), (MemoryError, 1)])
def test_interrupts_have_their_status(monkeypatch, error, status):
    def fail(*args, **kwargs):
        raise error

    monkeypatch.setattr("wdcli.study.run_train", fail)
    assert run("train", *SMALL).exit_code == status


def test_sigterm_ends_with_its_status(monkeypatch):
    monkeypatch.setattr("wdcli.study.run_train", lambda *args: signal.raise_signal(signal.SIGTERM))
    assert run("train", *SMALL).exit_code == 143
