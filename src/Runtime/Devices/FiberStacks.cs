using System.Runtime.InteropServices;
using GenKernels.Runtime.Interop;

namespace GenKernels.Runtime;

/// <summary>
/// Slots in which the trampolines of <see cref="SimtDevice"/> leave their fibers' stacks for reuse by the next launch,
/// of whatever kernel. One slot per core is enough: no more threads than that run blocks at once.
/// </summary>
internal sealed unsafe class FiberStacks : IDisposable
{
    private void** _slots;

    internal FiberStacks(int slotCount)
    {
        SlotCount = slotCount;
        _slots = (void**)NativeMemory.AllocZeroed((nuint)slotCount, (nuint)sizeof(void*));
    }

    internal int SlotCount { get; }

    internal void** Slots => _slots;

    /// <summary>Unmaps the stacks; no launch may be running.</summary>
    public void Dispose()
    {
        if (_slots == null) return;
        for (int slot = 0; slot < SlotCount; slot++)
        {
            if (_slots[slot] == null) continue;
            nuint length = *(nuint*)_slots[slot];  // a mapping begins with its own length
            if (Libc.munmap((nint)_slots[slot], length) == 0) continue;
            throw new InvalidOperationException($"munmap refused {length} bytes at {(nint)_slots[slot]:x}");
        }

        NativeMemory.Free(_slots);
        _slots = null;
    }
}
