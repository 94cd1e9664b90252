"""Times the work of benchmarks/ in PyTorch.

By itself:          python3 run.py [--device cpu|cuda] [--only TEXT] [--out FILE.json]
In turns with ours: python3 run.py --serve reads "prepare CASE", "run CASE", "release CASE", each a line, and answers
each with a line of JSON. "record CASE" prepares it as one CUDA graph of many calls, where that can be had.
"""

import argparse
import functools
import gc
import importlib
import json
import os
import sys

import timing

# The modules whose cases are timed.
FAMILIES = (
    "kernels",
    "linear",
    "modulated",
    "norms",
    "filtered",
    "attention",
    "sampling",
    "diffusion",
    "models",
)
# Those whose cases are for a GPU alone.
GPU_FAMILIES = ("tensor_cores",)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cpu", help="cpu or cuda")
    parser.add_argument("--only", default="", help="cases whose name has this text")
    parser.add_argument("--out", help="a JSON file for the results")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)), help="of the CPU")
    parser.add_argument("--serve", action="store_true", help="take commands from standard input")
    return parser.parse_args()


class Peer:
    """The cases by name; what has been prepared is kept until it is released."""

    def __init__(self, device):
        self.device, self.clock = device, timing.Clock(device)
        self.prepared = {}
        self.cases = {}
        for family in (*FAMILIES, *(GPU_FAMILIES if self.clock.is_gpu else ())):
            # Not before the environment is set: they import PyTorch.
            family = importlib.import_module(family)
            for name, prepare, *details in family.cases():
                self.cases[name] = functools.partial(prepare, *details, device)

    def prepare(self, name, records=False):
        """Makes what the case needs, warms up, and chooses the fastest way."""
        case = self.cases[name]()
        if isinstance(case, tuple):
            call, way = case
            calls = call if isinstance(call, dict) else {"": call}
            parts, details = {part: self.clock.calibrate(call) for part, call in calls.items()}, {}
        else:
            timed, way, ways = case.fastest(self.device, self.clock, records)
            parts, details = {"": timed}, {"ways": ways} if len(ways) > 1 else {}
        self.prepared[name] = parts
        return {"way": way, "isRecorded": all(timed.is_recorded for timed in parts.values()), **details}

    def record(self, name):
        return self.prepare(name, records=True)

    def run(self, name):
        """Seconds of one turn; of each part where the case has parts."""
        parts = {part: self.clock.turn(timed) for part, timed in self.prepared[name].items()}
        return {"seconds": parts[""]} if "" in parts else {"seconds": weighted(parts), "parts": parts}

    def release(self, name):
        self.prepared.pop(name, None)
        self.clean()
        return {}

    def clean(self):
        """Gives memory back, that of a GPU to the other side too."""
        gc.collect()
        if self.clock.is_gpu:
            import torch
            torch.cuda.empty_cache()

    def recovers(self):
        """Whether the device does work still: after some faults a process cannot use its GPU again."""
        try:
            self.clean()
            if self.clock.is_gpu:
                self.clock.wait()
            return True
        except RuntimeError as error:
            print(f"the GPU is lost: {error}", file=sys.stderr)
            return False


def weighted(parts):
    """A step, and its share of the penalty that comes with every sixteenth."""
    return parts["step"] + parts["penalty"] / 16


def describe(device, threads):
    import torch
    name = torch.cuda.get_device_name() if device.startswith("cuda") else "CPU"
    return {"torch": torch.__version__, "device": name, "threads": threads, "python": sys.version.split()[0],
            "allocator": "glibc, keeps its memory" if device == "cpu" else "PyTorch's"}


def serve(peer, description):
    # Answers alone go to standard output, whatever libraries print.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    print(json.dumps({**description, "cases": list(peer.cases)}), file=answers, flush=True)
    commands = {"prepare": peer.prepare, "record": peer.record, "run": peer.run, "release": peer.release}
    for line in sys.stdin:
        command, _, name = line.strip().partition(" ")
        try:
            answer = commands[command](name)
        except Exception as error:  # whatever goes wrong is the answer: the other side says so in its table
            answer = {"error": f"{type(error).__name__}: {error}"}
        if "error" in answer and not peer.recovers():
            answer["isLast"] = True
        print(json.dumps(answer), file=answers, flush=True)
        if "isLast" in answer:
            return


def measure_all(peer, only):
    results = []
    for name in peer.cases:
        if only not in name:
            continue
        way = peer.prepare(name)["way"]
        result = {"case": name, "way": way, **peer.run(name)}
        peer.release(name)
        results.append(result)
        print(f"{name}: {result['seconds'] * 1e3:.2f} ms ({way})", flush=True)
    return results


def write(path, content):
    """Whole or not at all."""
    with open(path + ".part", "w") as file:
        json.dump(content, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    os.replace(path + ".part", path)


def main():
    options = arguments()
    timing.enter_environment(options.threads)
    import torch
    torch.set_num_threads(options.threads)
    torch.set_grad_enabled(False)
    # Single precision means single precision, on tensor cores too.
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    torch.backends.cudnn.benchmark = True
    if options.device.startswith("cuda"):
        torch.cuda.set_device(torch.device(options.device).index or 0)
    peer, description = Peer(options.device), describe(options.device, options.threads)
    if options.serve:
        serve(peer, description)
        return
    print(description)
    results = measure_all(peer, options.only)
    if options.out:
        write(options.out, {**description, "results": results})


if __name__ == "__main__":
    main()
