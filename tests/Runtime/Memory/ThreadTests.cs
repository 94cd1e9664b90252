namespace GenKernels.Tests.Runtime.Memory;

/// <summary>What threads that share a device may do, and what is rejected.</summary>
public sealed class ThreadTests
{
    [Test]
    public void AScopeIsForTheThreadThatOpenedIt()
    {
        using TensorScope scope = TestDevices.Host.Scope();
        Assert.That(
            () => OnAnotherThread(scope.Dispose),
            Throws.InvalidOperationException.With.Message.StartsWith(
                "a TensorScope must be disposed by the thread that opened it"));
    }

    [Test]
    public void ATensorOfAnotherThreadIsInNoScopeOfThisOne()
    {
        Tensor? made = null;
        using (TestDevices.Host.Scope())
        {
            OnAnotherThread(() => made = Tensor.Zeros([2], ElementType.Float32, TestDevices.Host));
        }

        Assert.That(made!.IsDisposed, Is.False);
        made.Dispose();
    }

    [Test]
    public void ATensorIsReturnedOnceHoweverManyThreadsDisposeIt()
    {
        using HostDevice device = new(coreCount: 1);
        for (int turn = 0; turn < 500; turn++)
        {
            Tensor tensor = Tensor.Empty([64], ElementType.UInt8, device);
            Parallel.For(0, 4, _ => tensor.Dispose());
        }

        MemoryStatistics memory = device.Memory.Statistics();
        Assert.That((memory.LiveBuffers, memory.Live, memory.Cached), Is.EqualTo((0, 0L, 512L)));
    }

    private static void OnAnotherThread(Action action) =>
        Task.Factory.StartNew(
            action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
            .GetAwaiter().GetResult();
}
