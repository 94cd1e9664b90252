"""Holds the peers against the recorded cases, and the ways of each kernel against each other.

python3 check.py [folder of the cases]
"""

import json
import sys
from pathlib import Path

import numpy
import torch

import kernels
import training_step
from discriminator import Discriminator, DiscriminatorSizes
from generator import Generator, GeneratorSizes

TYPES = {"F32": numpy.float32, "I64": numpy.int64}
FNV_OFFSET, FNV_PRIME = 0xCBF29CE484222325, 0x100000001B3
KEPT = 4          # every fourth frame was recorded
LOSS_TOLERANCE = 1e-3
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
    places = numpy.arange(1, int(numpy.prod(shape)) + 1, dtype=numpy.uint64)
    x = numpy.uint64(state) + places * numpy.uint64(0x9E3779B97F4A7C15)
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


def difference(name, actual, expected, tolerance=TOLERANCE):
    error = ((actual - expected).abs().max() / expected.abs().max()).item()
    print(f"{name}: {error:.1e} of the largest value")
    return error <= tolerance


def check_generator(folder):
    tensors, metadata = read(folder / "full" / "longvideo_lres_G.safetensors")
    config = json.loads(metadata["config"])
    network = Generator()
    table = load(network, metadata)
    noise = hashed(metadata["salt"], "in.noise", tuple(config["noise_shape"]), *table["in.noise"])
    with torch.no_grad():
        video = network(noise, config["seq_length"])
    kept = video[:, ::KEPT].permute(0, 4, 1, 2, 3)
    return difference("paper generator", kept, tensors["out.video"])


def check_discriminator(folder):
    tensors, metadata = read(folder / "full" / "longvideo_lres_D.safetensors")
    config = json.loads(metadata["config"])
    network = Discriminator()
    table = load(network, metadata)
    video = hashed(metadata["salt"], "in.video", tuple(config["video_shape"]), *table["in.video"])
    with torch.no_grad():
        logits = network(video.permute(0, 2, 3, 4, 1).contiguous())
    return difference("paper discriminator", logits, tensors["out.logits"])


def pairs(values):
    return tuple(tuple(pair) for pair in values)


def check_training(folder):
    tensors, metadata = read(folder / "longvideo" / "lres_train_steps.safetensors")
    config = json.loads(metadata["config"])
    bank = config["embedding_kwargs"]
    size = {"height": config["height"], "width": config["width"]}
    generator = GeneratorSizes(
        **size, embedding=config["temporal_emb_dim"], latent=config["latent_w_dim"],
        bank=(bank["blur_widths"], bank["min_sampling_rate"], bank["max_sampling_rate"]),
        padding=config["temporal_padding"], temporal_channels=pairs(config["temporal_channels"]),
        spatial_channels=pairs(config["spatial_channels"]))
    discriminator = DiscriminatorSizes(
        **size, frames=config["seq_length"], channels=pairs(config["disc_block_channels"]),
        epilogue=config["disc_epilogue_channels"])
    training = training_step.Training(generator, discriminator, training_step.Options(is_augmented=False))
    for prefix, network in (("param.G.", training.generator), ("param.D.", training.discriminator)):
        with torch.no_grad():
            for key, parameter in network.named_parameters():
                parameter.copy_(tensors[prefix + key])
    training.start()
    losses = take_steps(training, config["steps"], tensors)
    return all([difference(f"training, {name}", torch.stack(values), tensors[f"out.{name}"], LOSS_TOLERANCE)
                for name, values in losses.items()])


def take_steps(training, count, tensors):
    losses = {"G_loss": [], "D_fake": [], "D_real": [], "r1_penalty": []}
    for step in range(count):
        real = tensors[f"in.real.{step}"].permute(0, 2, 3, 4, 1).contiguous()
        losses["G_loss"].append(training.update_generator(tensors[f"in.noise_G.{step}"]).detach())
        fake_loss, real_loss = training.update_discriminator(real, tensors[f"in.noise_D.{step}"])
        losses["D_fake"].append(fake_loss.detach())
        losses["D_real"].append(real_loss.detach())
        if step % training_step.R1_INTERVAL == 0:
            penalised = tensors[f"in.real_r1.{step}"].permute(0, 2, 3, 4, 1).contiguous()
            losses["r1_penalty"].append(training.update_penalty(penalised).detach())
        training.update_average()
    return losses


def check_kernels():
    """The ways of a kernel must agree, in whatever layout each gives its result."""
    cases = {f"up-filter-down {name}": kernels.resampling(name, "cpu") for name in kernels.RESAMPLINGS}
    cases["bias activation"] = kernels.bias_activation("160x9x16 256", "cpu")
    for direction in ("forward", "data gradient", "weight gradient"):
        cases[f"convolution {direction}"] = kernels.convolution("128x36x64 64", direction, "cpu")
    return all([check_ways(name, case) for name, case in cases.items()])


def check_ways(name, case):
    inputs = [kernels.uniform(shape, "cpu", torch.contiguous_format) for shape in case.shapes]
    first, results = None, []
    for way, candidate in case.candidates.items():
        laid_out = [x.contiguous(memory_format=case.layout(way)) if x.dim() == 5 else x for x in inputs]
        result = candidate(*laid_out)
        result = next(part for part in result if part is not None) if isinstance(result, tuple) else result
        first = result if first is None else first
        results.append(difference(f"{name}, {way}", as_volume(result, first), first))
    return all(results)


def as_volume(result, like):
    """[T, C, H, W] to [1, C, T, H, W]; weights [O, C, H, W] to [O, C, 1, H, W]; what is flattened back to its shape."""
    if result.dim() == 4 and like.dim() == 5:
        result = result[:, :, None] if like.shape[2] == 1 else result.transpose(0, 1)[None]
    return result.reshape(like.shape)


def main():
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[2] / "tests" / "Golden"
    with torch.no_grad():
        results = [check_generator(folder), check_discriminator(folder), check_kernels()]
    results.append(check_training(folder))
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
