"""Small Parquet files as pyarrow writes them, each beside the rows that pyarrow reads from it as JSON lines."""

import base64
import datetime
import decimal
import json
import pathlib
import random
import uuid

import pyarrow as pa
import pyarrow.parquet as pq

FOLDER = pathlib.Path(__file__).parents[2] / "datasets/src/test/resources/dev/weighbridge/datasets/parquet"
WORDS = "weigh bridge scale load truck axle ton gross tare net beam poise dial sum row ü 日本 🙂".split()


def text(draw, most):
    return " ".join(draw.choice(WORDS) for _ in range(draw.randint(1, most)))


def questions():
    """The shapes of SQuAD, MMLU and ARC, with nulls and empty lists among them."""
    draw = random.Random(1)
    rows = []
    for i in range(60):
        starts = [draw.randint(0, 500) for _ in range(draw.randint(0, 3))]
        labels = ["A", "B", "C", "D"][: draw.randint(0, 4)]
        rows.append(
            {
                "id": f"q{i}",
                "title": draw.choice(WORDS[:3]),
                "question": None if i % 7 == 3 else text(draw, 12),
                "answers": None if i % 11 == 5 else {"text": [text(draw, 3) for _ in starts], "answer_start": starts},
                "choices": None if i % 13 == 6 else [None if j == 2 else text(draw, 2) for j in range(i % 5)],
                "arc": {"text": [text(draw, 2) for _ in labels], "label": labels},
                "turns": [{"role": draw.choice(["user", "assistant"]), "parts": [text(draw, 2)] * (j % 3)} for j in range(i % 4)],
                "answer": draw.randint(-1, 3),
                "score": None if i % 5 == 0 else draw.random(),
                "right": draw.choice([True, False, None]),
            }
        )
    strings = pa.list_(pa.string())
    schema = pa.schema(
        [
            ("id", pa.string()),
            ("title", pa.string()),
            ("question", pa.string()),
            ("answers", pa.struct([("text", strings), ("answer_start", pa.list_(pa.int32()))])),
            ("choices", strings),
            ("arc", pa.struct([("text", strings), ("label", strings)])),
            ("turns", pa.list_(pa.struct([("role", pa.string()), ("parts", strings)]))),
            ("answer", pa.int64()),
            ("score", pa.float64()),
            ("right", pa.bool_()),
        ]
    )
    return pa.Table.from_pylist(rows, schema)


def types():
    day = datetime.date(2026, 2, 28)
    moment = datetime.datetime(1969, 12, 31, 23, 59, 58, 123456)
    utc = datetime.timezone.utc
    columns = {
        "int8": (pa.int8(), [-128, None, 127]),
        "uint8": (pa.uint8(), [0, 255, None]),
        "int32": (pa.int32(), [-(2**31), 2**31 - 1, 0]),
        "uint32": (pa.uint32(), [0, 2**32 - 1, None]),
        "int64": (pa.int64(), [-(2**63), 2**63 - 1, 5]),
        "uint64": (pa.uint64(), [0, 2**64 - 1, None]),
        "half": (pa.float16(), [1.5, -0.0009765625, None]),
        "float": (pa.float32(), [0.1, -3.4e38, None]),
        "double": (pa.float64(), [0.1, 1e300, None]),
        "bytes": (pa.binary(), [b"\x00\xff", b"", None]),
        "fixed": (pa.binary(3), [b"abc", None, b"\xff\x00\xff"]),
        "uuid": (pa.uuid(), [uuid.UUID(int=1).bytes, uuid.UUID(int=2**127 + 5).bytes, None]),
        "small_decimal": (pa.decimal128(7, 2), [decimal.Decimal("-12345.67"), decimal.Decimal("0.10"), None]),
        "large_decimal": (pa.decimal128(38, 4), [decimal.Decimal("123456789012345678901234567890.1234"), None, decimal.Decimal("-0.0001")]),
        "day": (pa.date32(), [day, None, datetime.date(1, 1, 1)]),
        "millis": (pa.timestamp("ms"), [moment.replace(microsecond=123000), None, moment.replace(microsecond=0)]),
        "micros_utc": (pa.timestamp("us", "UTC"), [moment.replace(tzinfo=utc), None, datetime.datetime(2030, 1, 2, 3, 4, 5, tzinfo=utc)]),
        "nanos": (pa.timestamp("ns"), [moment, None, datetime.datetime(2001, 1, 1)]),
        "time": (pa.time64("us"), [datetime.time(1, 2, 3, 4), None, datetime.time(23, 59)]),
        "map": (pa.map_(pa.string(), pa.int32()), [[("a", 1), ("b", None)], [], None]),
        "large": (pa.large_string(), ["x", None, "é"]),
        "category": (pa.dictionary(pa.int8(), pa.string()), ["yes", "no", "yes"]),
        "nothing": (pa.null(), [None, None, None]),
        "deep": (pa.list_(pa.list_(pa.list_(pa.int32()))), [[[[1], []], [], None], None, [[[2, None]]]]),
    }
    return pa.table({name: pa.array(values, type) for name, (type, values) in columns.items()})


def long_column():
    """Enough rows for several pages of each column."""
    draw = random.Random(2)
    rows = [{"n": i * i, "f": draw.random(), "word": draw.choice(WORDS), "text": text(draw, 6) if i % 3 else None} for i in range(700)]
    return pa.Table.from_pylist(rows)


def plain(value, type):
    """As JSON has it: what it has not is text."""
    if value is None:
        return None
    if pa.types.is_map(type):
        return {key: plain(item, type.item_type) for key, item in value}
    if pa.types.is_struct(type):
        return {field.name: plain(value[field.name], field.type) for field in type}
    if isinstance(value, list):
        return [plain(item, type.value_type) for item in value]
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, decimal.Decimal):
        return {"decimal": str(value)}
    if isinstance(value, datetime.datetime):
        seconds = value.strftime("%Y-%m-%dT%H:%M:%S.%f").rstrip("0").rstrip(".")
        return seconds + ("Z" if value.tzinfo else "")
    if isinstance(value, datetime.time):
        return value.strftime("%H:%M:%S.%f").rstrip("0").rstrip(".")
    if isinstance(value, datetime.date):
        return value.isoformat()
    return value


def write(name, table, rows=None, **options):
    """Writes a file and, if no other file has the same rows, the rows."""
    file = FOLDER / f"{name}.parquet"
    pq.write_table(table, file, **options)
    read = pq.read_table(file)
    if rows is not None:
        assert read.to_pylist() == pq.read_table(FOLDER / f"{rows}.parquet").to_pylist()
        return
    with (FOLDER / f"{name}.jsonl").open("w", encoding="utf-8") as out:
        for row in read.to_pylist():
            made = {field.name: plain(row[field.name], field.type) for field in read.schema}
            out.write(json.dumps(made, ensure_ascii=False) + "\n")


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    asked = questions()
    write("questions", asked, compression="none", row_group_size=25, write_page_checksum=True)
    for codec in ["snappy", "gzip", "zstd"]:
        write(f"questions-{codec}", asked, "questions", compression=codec, row_group_size=25, write_page_checksum=True)
    write("questions-v2", asked, "questions", compression="zstd", data_page_version="2.0", write_page_checksum=True)
    write("questions-plain", asked, "questions", compression="none", use_dictionary=False)
    # The element of a list is called "item", as pyarrow did up to version 12.
    write("questions-item", asked, "questions", compression="snappy", use_compliant_nested_type=False)
    write("types", types(), compression="none", store_schema=False)
    write("types-int96", types().select(["nanos"]), use_deprecated_int96_timestamps=True, store_schema=False)
    write("pages", long_column(), compression="zstd", data_page_size=1000, write_batch_size=100, row_group_size=400)
    encoded = long_column().slice(0, 300)
    write(
        "encodings",
        encoded,
        compression="none",
        use_dictionary=False,
        column_encoding={"n": "DELTA_BINARY_PACKED", "f": "BYTE_STREAM_SPLIT", "word": "DELTA_LENGTH_BYTE_ARRAY", "text": "PLAIN"},
    )
    # Texts that share their beginnings with the one before, some of them null; and one compressed in each further way.
    shared = encoded.append_column("path", pa.array([None if i % 9 == 4 else f"/scale/{i // 20}/{WORDS[i % 7]}" for i in range(300)]))
    strings = {"word": "DELTA_BYTE_ARRAY", "text": "DELTA_LENGTH_BYTE_ARRAY", "path": "DELTA_BYTE_ARRAY"}
    write("delta-strings", shared, compression="none", use_dictionary=False, column_encoding=strings)
    write("delta-strings-v2", shared, "delta-strings", compression="lz4", use_dictionary=False, column_encoding=strings, data_page_version="2.0")
    write("questions-lz4", asked, "questions", compression="lz4", row_group_size=25, write_page_checksum=True)
    write("questions-brotli", asked, "questions", compression="brotli", row_group_size=25, write_page_checksum=True)
    pq.write_table(encoded.slice(0, 0), FOLDER / "empty.parquet")


if __name__ == "__main__":
    main()
