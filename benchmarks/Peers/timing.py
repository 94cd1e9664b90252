"""How the peers are timed, and the environment that makes PyTorch fast on a CPU."""

import os
import statistics
import sys
import time

TURN_SECONDS = 0.25    # of a turn of short calls
SAMPLE_SECONDS = 1e-3  # shorter calls are timed several at a time

# The allocator of the C library gives large blocks back at once, and every tensor would pay for fresh pages again:
# elementwise work takes two to eight times as long. Told to keep its memory, it does what PyTorch's own allocator does
# on a GPU.
ENVIRONMENT = {
    "MALLOC_MMAP_MAX_": "0",
    "MALLOC_TRIM_THRESHOLD_": str(1 << 40),
    "MALLOC_TOP_PAD_": str(256 << 20),
    "MALLOC_ARENA_MAX": "1",
}


def enter_environment(threads):
    """Starts the interpreter anew where the environment, which libraries read when they load, is not set yet."""
    wanted = {**ENVIRONMENT, "OMP_NUM_THREADS": str(threads), "OPENBLAS_NUM_THREADS": str(threads)}
    if all(os.environ.get(name) == value for name, value in wanted.items()):
        return
    os.environ.update(wanted)
    os.execv(sys.executable, [sys.executable, *sys.argv])


class Clock:
    """Times calls until the device has done them."""

    def __init__(self, device):
        self.wait = lambda: None
        if device.startswith("cuda"):
            import torch
            self.wait = torch.cuda.synchronize

    def sample(self, call, count):
        self.wait()
        begin = time.perf_counter()
        for _ in range(count):
            call()
        self.wait()
        return (time.perf_counter() - begin) / count

    def calibrate(self, call):
        """Warms up, and says how many calls make a sample."""
        self.sample(call, 1)
        seconds = self.sample(call, 1)
        return max(1, round(SAMPLE_SECONDS / max(seconds, 1e-9)))

    def turn(self, call, count):
        """The median of samples over a short while; one sample where a call takes longer than that."""
        samples = []
        end = time.perf_counter() + TURN_SECONDS
        while not samples or time.perf_counter() < end:
            samples.append(self.sample(call, count))
        return statistics.median(samples)
