"""XXH3-64 with a seed, as https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md has it."""

from __future__ import annotations

import struct

_SECRET = bytes.fromhex(
    "b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671f"
    "cb79e64eccc0e578825ad07dccff7221b8084674f743248ee03590e6813a264c"
    "3c2852bb91c300cb88d0658b1b532ea371644897a20df94e3819ef46a9deacd8"
    "a8fa763fe39c343ff9dcbbc7c70b4f1d8a51e04bcdb45931c89f7ec9d9787364"
    "eac5ac8334d3ebc3c581a0fffa1363eb170ddd51b7f0da49d316552629d4689e"
    "2b16be587d47a1fc8ff8b8d17ad031ce45cb3a8f95160428afd7fbcabb4b407e"
)
_M64 = (1 << 64) - 1
_P32 = (0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D)
_P64 = (
    0x9E3779B185EBCA87,
    0xC2B2AE3D27D4EB4F,
    0x165667B19E3779F9,
    0x85EBCA77C2B2AE63,
    0x27D4EB2F165667C5,
)
_STRIPE, _BLOCK = 64, 1024


def xxh3_64(data: bytes, seed: int) -> int:
    """The hash of the bytes, in 0 … 2**64 - 1."""
    n = len(data)
    if n > 240:
        return _long(data, seed)
    if n > 128:
        return _to_240(data, seed)
    if n > 16:
        return _to_128(data, seed)
    if n > 8:
        return _to_16(data, seed)
    if n > 3:
        return _to_8(data, seed)
    if n > 0:
        combined = data[0] << 16 | data[n >> 1] << 24 | data[-1] | n << 8
        return _avalanche_64(combined ^ (_u32(_SECRET, 0) ^ _u32(_SECRET, 4)) + seed & _M64)
    return _avalanche_64(seed ^ _u64(_SECRET, 56) ^ _u64(_SECRET, 64))


def _to_8(data: bytes, seed: int) -> int:
    n = len(data)
    seed ^= int.from_bytes((seed & 0xFFFFFFFF).to_bytes(4, "little"), "big") << 32
    flip = (_u64(_SECRET, 8) ^ _u64(_SECRET, 16)) - seed & _M64
    h = _u32(data, n - 4) + (_u32(data, 0) << 32) ^ flip
    h ^= _rotate(h, 49) ^ _rotate(h, 24)
    h = h * 0x9FB21C651E98DF25 & _M64
    h ^= (h >> 35) + n
    h = h * 0x9FB21C651E98DF25 & _M64
    return h ^ h >> 28


def _to_16(data: bytes, seed: int) -> int:
    n = len(data)
    low = _u64(data, 0) ^ (_u64(_SECRET, 24) ^ _u64(_SECRET, 32)) + seed & _M64
    high = _u64(data, n - 8) ^ (_u64(_SECRET, 40) ^ _u64(_SECRET, 48)) - seed & _M64
    swapped = int.from_bytes(low.to_bytes(8, "little"), "big")
    return _avalanche(n + swapped + high + _fold(low, high))


def _to_128(data: bytes, seed: int) -> int:
    n = len(data)
    h = n * _P64[0]
    for i in range((n - 1) // 32 + 1):
        h += _mix16(data, 16 * i, 32 * i, seed)
        h += _mix16(data, n - 16 * (i + 1), 32 * i + 16, seed)
    return _avalanche(h)


def _to_240(data: bytes, seed: int) -> int:
    n = len(data)
    h = n * _P64[0] + sum(_mix16(data, 16 * i, 16 * i, seed) for i in range(8))
    h = _avalanche(h)
    h += sum(_mix16(data, 16 * i, 16 * (i - 8) + 3, seed) for i in range(8, n // 16))
    return _avalanche(h + _mix16(data, n - 16, 136 - 17, seed))


def _long(data: bytes, seed: int) -> int:
    n = len(data)
    secret = b"".join(
        struct.pack("<QQ", _u64(_SECRET, i) + seed & _M64, _u64(_SECRET, i + 8) - seed & _M64)
        for i in range(0, len(_SECRET), 16)
    )
    acc = [_P32[2], _P64[0], _P64[1], _P64[2], _P64[3], _P32[1], _P64[4], _P32[0]]
    stripes = (n - 1) // _STRIPE
    for stripe in range(stripes):
        place = stripe % (_BLOCK // _STRIPE)
        _accumulate(acc, data, stripe * _STRIPE, secret, place * 8)
        if place == _BLOCK // _STRIPE - 1:
            _scramble(acc, secret)
    _accumulate(acc, data, n - _STRIPE, secret, len(secret) - _STRIPE - 7)
    h = n * _P64[0]
    for i in range(0, 8, 2):
        key = 11 + 8 * i
        h += _fold(acc[i] ^ _u64(secret, key), acc[i + 1] ^ _u64(secret, key + 8))
    return _avalanche(h)


def _accumulate(acc: list[int], data: bytes, at: int, secret: bytes, key_at: int) -> None:
    for i in range(8):
        value = _u64(data, at + 8 * i)
        key = value ^ _u64(secret, key_at + 8 * i)
        acc[i ^ 1] = acc[i ^ 1] + value & _M64
        acc[i] = acc[i] + (key & 0xFFFFFFFF) * (key >> 32) & _M64


def _scramble(acc: list[int], secret: bytes) -> None:
    for i in range(8):
        key = _u64(secret, len(secret) - _STRIPE + 8 * i)
        acc[i] = (acc[i] ^ acc[i] >> 47 ^ key) * _P32[0] & _M64


def _mix16(data: bytes, at: int, key_at: int, seed: int) -> int:
    low = _u64(data, at) ^ _u64(_SECRET, key_at) + seed & _M64
    high = _u64(data, at + 8) ^ _u64(_SECRET, key_at + 8) - seed & _M64
    return _fold(low, high)


def _fold(a: int, b: int) -> int:
    product = a * b
    return product & _M64 ^ product >> 64


def _avalanche(h: int) -> int:
    h &= _M64
    h = (h ^ h >> 37) * 0x165667919E3779F9 & _M64
    return h ^ h >> 32


def _avalanche_64(h: int) -> int:
    h = (h ^ h >> 33) * _P64[1] & _M64
    h = (h ^ h >> 29) * _P64[2] & _M64
    return h ^ h >> 32


def _rotate(x: int, by: int) -> int:
    return (x << by | x >> 64 - by) & _M64


def _u32(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "little")


def _u64(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 8], "little")
