"""How the peers are timed, and the environment that makes PyTorch fast on a CPU."""

import os
import statistics
import sys
import time
from dataclasses import dataclass

TURN_SECONDS = {"cpu": 0.25, "cuda": 0.05}  # of a turn of short calls
SAMPLE_SECONDS = 1e-3                       # shorter calls are timed several at a time

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


@dataclass
class Timed:
    """A call that does the same work some times, what the work takes, and how many calls make a sample."""

    call: object
    work: int = 1
    seconds: float = 0.0
    count: int = 1
    is_recorded: bool = False


class Recording:
    """Calls as one CUDA graph, so that what Python does for a launch is not timed.

    Every call's first result is kept: it is written to memory, not where the last one lies in the cache. That is the
    one which our side keeps.
    """

    stream = None

    def __init__(self, call, count):
        import torch
        self.graph, self.results = torch.cuda.CUDAGraph(), []
        Recording.stream = Recording.stream or torch.cuda.Stream()
        Recording.stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(Recording.stream):
            call()  # libraries take what they need on this stream
            torch.cuda.synchronize()
            self.graph.capture_begin()
            try:
                for _ in range(count):
                    self.results.append(first_tensor(call()))
            finally:
                self.graph.capture_end()
        torch.cuda.synchronize()

    def __call__(self):
        self.graph.replay()


def first_tensor(result):
    """The first of results within results; None where there is none."""
    if not isinstance(result, (tuple, list)):
        return result
    return next((part for part in map(first_tensor, result) if part is not None), None)


class Clock:
    """Times calls until the device has done them: on a GPU between events, with a call before the first of them, so
    that those which count are on their way while the device is still at it."""

    def __init__(self, device):
        self.is_gpu = device.startswith("cuda")
        self.turn_seconds = TURN_SECONDS[device.split(":")[0]]
        if self.is_gpu:
            import torch
            self.wait = torch.cuda.synchronize
            self.begin, self.end = (torch.cuda.Event(enable_timing=True) for _ in range(2))

    def sample(self, timed):
        """Seconds of the work."""
        seconds = self.by_events(timed) if self.is_gpu else self.by_the_clock(timed)
        return seconds / timed.count / timed.work

    def by_events(self, timed):
        self.wait()
        timed.call()
        self.begin.record()
        for _ in range(timed.count):
            timed.call()
        self.end.record()
        self.end.synchronize()
        return self.begin.elapsed_time(self.end) * 1e-3

    def by_the_clock(self, timed):
        begin = time.perf_counter()
        for _ in range(timed.count):
            timed.call()
        return time.perf_counter() - begin

    def calibrate(self, call, work=1):
        """Warms up, and finds how many calls make a sample."""
        timed = Timed(call, work)
        self.sample(timed)
        timed.seconds = max(self.sample(timed), 1e-9)
        timed.count = max(1, round(SAMPLE_SECONDS / (timed.seconds * work)))
        return timed

    def record(self, rotation):
        """The same, of as many whole rounds of the inputs as a sample takes, recorded; what cannot be is called."""
        timed = self.calibrate(rotation)
        rounds = max(1, round(SAMPLE_SECONDS / (timed.seconds * len(rotation.sets))))
        count = rounds * len(rotation.sets)
        try:
            recorded = self.calibrate(Recording(rotation, count), count)
        except RuntimeError as error:  # of the capture, among them a lack of memory
            print(f"not recorded: {error}", file=sys.stderr)
            self.wait()
            return timed
        recorded.is_recorded = True
        return recorded

    def turn(self, timed):
        """The median of samples over a short while; one sample where a call takes longer than that."""
        samples = []
        end = time.perf_counter() + self.turn_seconds
        while not samples or time.perf_counter() < end:
            samples.append(self.sample(timed))
        return statistics.median(samples)
