"""The work of benchmarks/Kernels in PyTorch, on the GPU where there is one: median time and GB/s of each case."""

import statistics
import time

import torch

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
CACHE_BYTES = 128 << 20
WARM_UPS, REPEATS = 3, 15


def wait():
    if DEVICE == "cuda":
        torch.cuda.synchronize()


def measure(name, shapes, output_elements, function):
    elements = sum(torch.Size(shape).numel() for shape in shapes) + output_elements
    set_bytes = elements * 4
    set_count = max(2, 2 * CACHE_BYTES // set_bytes)
    sets = [[torch.rand(shape, device=DEVICE) * 2 - 1 for shape in shapes] for _ in range(set_count)]
    times = []
    for turn in range(WARM_UPS + REPEATS):
        wait()
        begin = time.perf_counter()
        function(*sets[turn % set_count])
        wait()
        times.append(time.perf_counter() - begin)
    seconds = statistics.median(times[WARM_UPS:])
    print(f"| {name} | {seconds * 1e6:.1f} us | {set_bytes / seconds / 1e9:.1f} GB/s |")


def main():
    last = (1, 128, 36, 64, 64)
    middle = (1, 160, 9, 16, 256)
    first = (1, 24, 3, 4, 512)
    count = {shape: torch.Size(shape).numel() for shape in (last, middle, first)}
    print(f"PyTorch {torch.__version__} on {DEVICE}, {torch.get_num_threads()} threads")
    print("| case | median | throughput |\n|---|---|---|")
    for rows, channels in ((5128, 1024), (128 * 36 * 64, 64)):
        norm = lambda x: x * (x.square().mean(1, keepdim=True) + 1e-8).rsqrt()
        measure(f"PixelNorm [{rows}, {channels}]", [(rows, channels)], rows * channels, norm)
    measure(f"Affine {last}", [last], count[last], lambda x: 2 * x + 1)
    measure(f"Tanh {middle}", [middle], count[middle], torch.tanh)
    measure(f"Add {last}", [last, last], count[last], torch.add)
    measure(f"Add {middle}, style", [middle, (1, 160, 1, 1, 256)], count[middle], torch.add)
    measure(f"Sum of squares {last} axes 0..3", [last], 64, lambda x: x.square().sum((0, 1, 2, 3)))
    measure(f"Sum of squares {last}", [last], 1, lambda x: x.square().sum())
    measure("Permute [256, 23040]", [(256, 23040)], 256 * 23040, lambda x: x.t().contiguous())


if __name__ == "__main__":
    with torch.inference_mode():
        main()
