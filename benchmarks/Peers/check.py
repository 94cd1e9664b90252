"""Holds the peer networks against the recorded cases: python3 check.py [folder of the cases]."""

import json
import sys
from pathlib import Path

import numpy
import torch

import networks

TYPES = {"F32": numpy.float32, "I64": numpy.int64}
FNV_OFFSET, FNV_PRIME = 0xCBF29CE484222325, 0x100000001B3
KEPT = 4          # every fourth frame was recorded
TOLERANCE = 2e-4  # of the largest value; sums in another order


def read(path):
    """Tensors and metadata of a safetensors file."""
    data = path.read_bytes()
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8:8 + length])
    metadata = header.pop("__metadata__")
    tensors = {}
    for name, entry in header.items():
        begin, end = (8 + length + offset for offset in entry["data_offsets"])
        values = numpy.frombuffer(data[begin:end], TYPES[entry["dtype"]]).reshape(entry["shape"])
        tensors[name] = torch.from_numpy(values.copy())
    return tensors, metadata


def hashed(salt, key, shape, offset, scale):
    """The tensor that the recorded cases make of a hash of its name, as tests/Golden/README.md says."""
    state = FNV_OFFSET
    for byte in f"{salt}:{key}".encode():
        state = (state ^ byte) * FNV_PRIME % 2**64
    x = numpy.uint64(state) + numpy.arange(1, int(numpy.prod(shape)) + 1, dtype=numpy.uint64) * numpy.uint64(0x9E3779B97F4A7C15)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        x = (x ^ (x >> numpy.uint64(shift))) * numpy.uint64(factor)
    x ^= x >> numpy.uint64(31)
    unit = ((x >> numpy.uint64(40)).astype(numpy.int64) - 2**23).astype(numpy.float32) * numpy.float32(2.0**-23)
    values = numpy.float32(offset) + numpy.float32(scale) * unit
    return torch.from_numpy(values.reshape(shape))


def load(network, metadata):
    table = json.loads(metadata["table"])
    with torch.no_grad():
        for key, parameter in network.named_parameters():
            parameter.copy_(hashed(metadata["salt"], key, tuple(parameter.shape), *table[key]))
    return table


def difference(name, actual, expected):
    error = ((actual - expected).abs().max() / expected.abs().max()).item()
    print(f"{name}: {error:.1e} of the largest value")
    return error <= TOLERANCE


def check_generator(folder):
    tensors, metadata = read(folder / "full" / "longvideo_lres_G.safetensors")
    config = json.loads(metadata["config"])
    network = networks.Generator()
    table = load(network, metadata)
    noise = hashed(metadata["salt"], "in.noise", tuple(config["noise_shape"]), *table["in.noise"])
    with torch.no_grad():
        video = network(noise, config["seq_length"])
    kept = video[:, ::KEPT].permute(0, 4, 1, 2, 3)
    return difference("paper generator", kept, tensors["out.video"])


def check_discriminator(folder):
    tensors, metadata = read(folder / "full" / "longvideo_lres_D.safetensors")
    config = json.loads(metadata["config"])
    network = networks.Discriminator()
    table = load(network, metadata)
    video = hashed(metadata["salt"], "in.video", tuple(config["video_shape"]), *table["in.video"])
    with torch.no_grad():
        logits = network(video.permute(0, 2, 3, 4, 1).contiguous())
    return difference("paper discriminator", logits, tensors["out.logits"])


def main():
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[2] / "tests" / "Golden"
    results = [check_generator(folder), check_discriminator(folder)]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
