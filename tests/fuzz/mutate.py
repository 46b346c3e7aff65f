"""Changes that leave the form of an input alone, so that they get past the parser: of JSON, tables, archives, models.

``MUTATORS[form](data, rng, most)`` is ``data`` changed, of at most ``most`` bytes; now and then bytes are changed
whatever the form is. The same data and state of ``rng`` give the same.
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

from tests.fuzz.values import NUMBERS, TEXTS, WORDS

Mutator = Callable[[bytes, random.Random, int], bytes]

_RAW = 0.08
"""So often bytes are changed though the form is known."""


def mutate_bytes(data: bytes, rng: random.Random, most: int) -> bytes:
    """A few bits, bytes and runs of bytes changed, put in, taken out and repeated."""
    raw = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 3, 8))):
        at = rng.randrange(len(raw) + 1)
        how = rng.randrange(6)
        if how == 0 and raw:
            raw[at % len(raw)] ^= 1 << rng.randrange(8)
        elif how == 1:
            raw[at : at + rng.randrange(1, 9)] = b""
        elif how == 2:
            raw[at:at] = rng.choice(WORDS)
        elif how == 3:
            raw[at:at] = raw[at : at + rng.choice((1, 8, 64))] * rng.choice((1, 2, 100))
        elif how == 4:
            size = rng.choice((1, 2, 4, 8))
            value = rng.choice((0, 1, -1, 2**31 - 1, 2**31, 2**32 - 1, 2**63 - 1, rng.getrandbits(64)))
            raw[at : at + size] = (value % 256**size).to_bytes(size, rng.choice(("little", "big")))
        else:
            del raw[at:]
    return bytes(raw[:most])


def mutate_text(data: bytes, rng: random.Random, most: int) -> bytes:
    """Lines of words: a word changed, lines and words put in, taken out, exchanged and repeated."""
    if rng.random() < _RAW:
        return mutate_bytes(data, rng, most)
    lines = data.split(b"\n")
    for _ in range(rng.choice((1, 1, 2, 4))):
        at, other = rng.randrange(len(lines)), rng.randrange(len(lines))
        how = rng.randrange(6)
        if how == 0:
            lines[at : at + 1] = []
            lines = lines or [b""]
        elif how == 1:
            lines[at:at] = [lines[other]] * rng.choice((1, 1, 2, 50))
        elif how == 2:
            lines[at], lines[other] = lines[other], lines[at]
        else:
            comma = b"," if b"," in lines[at] else b" "
            words = lines[at].split(comma)
            word = rng.randrange(len(words))
            told = b"" if how == 3 else rng.choice(rng.choice((WORDS, words, lines[other].split(comma))))
            if how == 3 and rng.random() < 0.5:
                del words[word]
            elif how == 5:
                words.insert(word, told)
            else:
                words[word] = _number_near(words[word], rng) or told
            lines[at] = comma.join(words)
    return b"\n".join(lines)[:most]


def _number_near(word: bytes, rng: random.Random) -> bytes:
    try:
        value = float(word)
    except ValueError:
        return b""
    if rng.random() < 0.5 or not math.isfinite(value):
        return b""
    return repr(rng.choice((value + 1, value - 1, -value, value * 1e9, value / 1e9, value * 0.999))).encode()


def mutate_json(data: bytes, rng: random.Random, most: int) -> bytes:
    """A document with values, keys and entries changed; some repeat a key, which no parsed document can."""
    if rng.random() < _RAW:
        return mutate_bytes(data, rng, most)
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return mutate_bytes(data, rng, most)
    document = changed(document, rng)
    text = json.dumps(document)
    if rng.random() < 0.02:
        text = _key_repeated(text, rng)
    raw = text.encode()
    return raw if len(raw) <= most else mutate_bytes(data, rng, most)


def changed(document: Any, rng: random.Random) -> Any:
    """A parsed document with one to six changes."""
    document = deepcopy(document)
    for _ in range(rng.choice((1, 1, 1, 2, 3, 6))):
        places = list(_places(document))
        if not places:
            return rng.choice((document, None, [], {}, 1))
        parent, key = rng.choice(places)
        _change(parent, key, places, rng)
    return document


def _places(value: Any) -> Any:
    waiting = [value]
    while waiting:
        here = waiting.pop()
        keys = here if isinstance(here, dict) else range(len(here)) if isinstance(here, list) else ()
        for key in keys:
            yield here, key
            waiting.append(here[key])


def _change(parent: Any, key: Any, places: list[Any], rng: random.Random) -> None:
    if (isinstance(parent, list) and key >= len(parent)) or (isinstance(parent, dict) and key not in parent):
        return
    value = parent[key]
    how = rng.randrange(10)
    if how == 0:
        del parent[key]
    elif how == 1 and isinstance(parent, list):
        parent[key:key] = [deepcopy(value) for _ in range(rng.choice((1, 1, 2, 40)))]
    elif how == 1:
        parent[rng.choice((*TEXTS, key + "s", "source"))] = parent.pop(key)
    elif how == 2:
        other, at = rng.choice(places)  # a value from elsewhere in the document
        if (isinstance(other, dict) and at in other) or (isinstance(other, list) and at < len(other)):
            parent[key] = deepcopy(other[at])
    elif how == 3:
        parent[key] = rng.choice(TEXTS)
    elif how == 4:
        parent[key] = rng.choice((None, True, False, [], {}, [[]], [None], {"a": 1}, [value], {"": value}))
    elif isinstance(value, bool | None) or how == 5:
        parent[key] = rng.choice(NUMBERS)
    elif isinstance(value, int | float):
        parent[key] = _near(value, rng)
    elif isinstance(value, list) and value:
        rng.shuffle(value) if how > 7 else value.extend(deepcopy(value))
    elif isinstance(value, str) and value:
        at = rng.randrange(len(value) + 1)
        parent[key] = value[:at] + rng.choice(TEXTS) + value[at:]
    else:
        parent[key] = rng.choice(NUMBERS)


def _near(value: float, rng: random.Random) -> object:
    choices: list[object] = [rng.choice(NUMBERS), -value]
    if abs(value) < 1e290:  # of those beyond no other number is near
        choices += [value + 1, value - 1, value * 10, int(value), float(value), value * 10**9, value * 1e-9]
    return rng.choice(choices)


def _key_repeated(text: str, rng: random.Random) -> str:
    places = [at for at in range(len(text)) if text.startswith('": ', at)]
    if not places:
        return text
    end = rng.choice(places)
    begin = text.rfind('"', 0, end)
    return f"{text[:begin]}{text[begin : end + 1]}: 0, {text[begin:]}"


def mutate_lines(data: bytes, rng: random.Random, most: int) -> bytes:
    """Lines of JSON: one of them changed, or lines as those of a text."""
    lines = data.split(b"\n")
    at = rng.randrange(len(lines))
    if rng.random() < 0.15 or not lines[at]:
        return mutate_text(data, rng, most)
    lines[at] = mutate_json(lines[at], rng, most)
    return b"\n".join(lines)[:most]


def mutate_frames(data: bytes, rng: random.Random, most: int) -> bytes:
    """Frames of the link, each a head of 40 bytes and its body: heads and bodies changed, frames moved and repeated."""
    from tests.fuzz.frames import joined, split

    if rng.random() < _RAW:
        return mutate_bytes(data, rng, most)
    frames = split(data)
    if not frames:
        return mutate_bytes(data, rng, most)
    at, how = rng.randrange(len(frames)), rng.randrange(5)
    head, body = frames[at]
    if how == 0:
        del frames[at]
    elif how == 1:
        frames.insert(rng.randrange(len(frames) + 1), frames[at])
    elif how == 2:
        frames[at] = (mutate_bytes(head, rng, len(head)).ljust(len(head), b"\0"), body)
    else:
        frames[at] = (head, mutate_json(body, rng, most))
    return joined(frames, keep_sizes=how == 2 or rng.random() < 0.1)[:most]


def mutate_npz(data: bytes, rng: random.Random, most: int) -> bytes:
    """An archive of arrays: members changed, renamed, left out, repeated, of other sizes and types than they say."""
    from tests.fuzz.archives import packed, unpacked

    members = unpacked(data)
    if not members or rng.random() < _RAW:
        return mutate_bytes(data, rng, most)
    for _ in range(rng.choice((1, 1, 2))):
        at, how = rng.randrange(len(members)), rng.randrange(8)
        name, content = members[at]
        if how == 0:
            del members[at]
            if not members:
                return mutate_bytes(data, rng, most)
        elif how == 1:
            members.append((name, content))
        elif how == 2:
            members[at] = (rng.choice(members)[0], content)
        elif how == 3:
            members[at] = (rng.choice(TEXTS[1:]) + ".npy", content)
        elif how == 4:
            members[at] = (name, rng.choice(members)[1])
        elif how == 5:
            header = rng.choice(
                (b"<f8", b"<i8", b"|b1", b"<U4", b"|O", b"<f2", b">f8", b"<c16", b"|V8", b"<M8[s]", b"<U0")
            )
            old = next((kind for kind in (b"<f8", b"<i8", b"|b1", b"<U") if kind in content), b"")
            members[at] = (name, content.replace(old, header, 1) if old else content)
        elif how == 6:
            shape = rng.choice(
                (b"(0,)", b"(1,)", b"()", b"(-1,)", b"(1000000000000,)", b"(2, 2)", b"(True,)", b"(0, 9)")
            )
            begin, end = content.find(b"("), content.find(b")")
            members[at] = (name, content[:begin] + shape + content[end + 1 :])
        else:
            members[at] = (name, content[:10] + mutate_bytes(content[10:], rng, most))
    raw = packed(members, deflated=rng.random() < 0.5)
    return raw if len(raw) <= most else mutate_bytes(data, rng, most)


def mutate_onnx(data: bytes, rng: random.Random, most: int) -> bytes:
    """A model with fields of its messages changed, put in, taken out and repeated."""
    import onnx

    if rng.random() < _RAW:
        return mutate_bytes(data, rng, most)
    model = onnx.ModelProto()
    try:
        model.ParseFromString(data)
    except Exception:  # of whichever implementation of protobuf
        return mutate_bytes(data, rng, most)
    for _ in range(rng.choice((1, 1, 2, 3, 5))):
        messages = list(_messages(model))
        try:
            _change_message(rng.choice(messages), rng, messages)
        except (ValueError, TypeError, IndexError):  # what a field does not take stays as it was
            continue
    raw = model.SerializeToString()
    return raw if len(raw) <= most else mutate_bytes(data, rng, most)


def _messages(message: Any) -> Any:
    waiting = [message]
    while waiting:
        here = waiting.pop()
        yield here
        for field, value in here.ListFields():
            if field.message_type is not None:
                waiting.extend([value] if not isinstance(value, _repeated()) else value)


def _repeated() -> Any:
    import onnx

    return type(onnx.GraphProto().node), type(onnx.TensorProto().dims)


_OPERATORS = (
    "Conv", "Reshape", "Expand", "Tile", "Pad", "Slice", "Gather", "Loop", "If", "Scan", "ConstantOfShape", "Range",
    "Resize", "Concat", "Split", "MatMul", "Einsum", "ConvTranspose", "MaxPool", "Constant", "Shape", "NonZero", "LSTM",
    "SequenceAt",
)  # fmt: skip


def _change_message(message: Any, rng: random.Random, others: list[Any]) -> None:
    fields = list(message.DESCRIPTOR.fields)
    given = [field for field, _ in message.ListFields()]
    field = rng.choice(given if given and rng.random() < 0.8 else fields)
    many = isinstance(getattr(message, field.name), _repeated())
    how = rng.randrange(4)
    if how == 0:
        message.ClearField(field.name)
    elif field.message_type is not None:
        same = [other for other in others if other.DESCRIPTOR is field.message_type]
        if many:
            entries = getattr(message, field.name)
            if how == 1 and entries:
                del entries[rng.randrange(len(entries))]
            elif same:
                entries.add().CopyFrom(_copied(rng.choice(same)))
        elif same:
            getattr(message, field.name).CopyFrom(_copied(rng.choice(same)))
    elif many:
        entries = getattr(message, field.name)
        if how == 1 and entries:
            del entries[rng.randrange(len(entries))]
        elif how == 2 and entries:
            entries[rng.randrange(len(entries))] = _scalar(field, rng, others)
        else:
            entries.append(_scalar(field, rng, others))
    else:
        setattr(message, field.name, _scalar(field, rng, others))


def _copied(message: Any) -> Any:
    """For putting a message into itself, which protobuf does not survive."""
    copy = type(message)()
    copy.CopyFrom(message)
    return copy


def _scalar(field: Any, rng: random.Random, others: list[Any]) -> Any:
    kind = field.cpp_type
    if kind == field.CPPTYPE_STRING:
        if field.type == field.TYPE_BYTES:
            return rng.randbytes(rng.choice((0, 1, 4, 8, 64)))
        known = [getattr(other, "name", "") for other in others]
        return rng.choice((rng.choice(TEXTS), rng.choice(known), rng.choice(_OPERATORS)))
    if kind in (field.CPPTYPE_FLOAT, field.CPPTYPE_DOUBLE):
        return rng.choice([number for number in NUMBERS if isinstance(number, float)])
    if kind == field.CPPTYPE_ENUM:
        return rng.choice([value.number for value in field.enum_type.values])
    return rng.choice((0, 1, 2, 3, -1, -2, 8, 64, 1000, 2**31 - 1, 2**40, 2**62, -(2**63), rng.randrange(30)))


MUTATORS: Mapping[str, Mutator] = {
    "bytes": mutate_bytes,
    "text": mutate_text,
    "json": mutate_json,
    "lines": mutate_lines,
    "frames": mutate_frames,
    "npz": mutate_npz,
    "onnx": mutate_onnx,
}
"""The mutator of each form of input."""
